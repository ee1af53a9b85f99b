import type { Funding } from '@cnop/common/config/funding-settings';
import { isoTime } from '@cnop/common/core/brands';
import { createDueWorkDao } from '@cnop/common/dao/schedule/due-work-dao';
import { createPaymentDao } from '@cnop/common/dao/user/payment-dao';
import type { TierLimits } from '@cnop/common/entities/user/tier-limits';
import { createFundingProviders } from '../../src/funding/domain/funding-provider.ts';
import { advancePayment } from '../../src/funding/use-cases/change-payment.ts';
import { signBody } from '../../src/funding/use-cases/webhook-signature.ts';
import type { Answer } from '../user-service-under-test.ts';
import { startUserService } from '../user-service-under-test.ts';

const SECRET = 'a-secret-of-the-provider-of-32-characters';
/** The time that the simulated bank takes for a step. */
export const BANK_SECONDS = 60;
const FIRST_PAGE = 50;

/** The answer to a request that made a payment. */
export interface PaymentAnswer {
  readonly payment_id: string;
  readonly status: string;
}

/** Starts the user service with a provider that takes its time. */
export async function startFunding(
  funding: Partial<Funding>,
  { tierLimits = {} }: { readonly tierLimits?: TierLimits } = {},
) {
  const settings = { bankSeconds: BANK_SECONDS, webhookSecrets: [SECRET], ...funding };
  const service = await startUserService({ funding: settings, tierLimits });
  const { store, clock, ids } = service.runtime;
  let users = 0;

  return {
    service,

    /** Signs a new user in, with cash. */
    async aUser(usd?: string) {
      users += 1;
      const username = `payer${users}`;
      const headers = await service.signedIn(username);
      if (usd !== undefined) await service.runtime.fund(username, usd);
      const post = async (path: string, body?: object, extra: Record<string, string> = {}): Promise<Answer> =>
        service.call('POST', path, { headers: { ...headers, ...extra }, ...(body && { body }) });
      return {
        username,
        headers,
        deposit: async (amount: string, extra = {}) => post('/balance/deposit', { amount }, extra),
        withdraw: async (amount: string, extra = {}) => post('/balance/withdraw', { amount }, extra),
        cancel: async (id: string) => post(`/funding/payments/${id}/cancel`),
        payment: async (id: string) =>
          (await service.call('GET', `/funding/payments/${id}`, { headers })).body.data,
        get: async (path: string) => service.call('GET', path, { headers }),
        balance: async () => service.storedBalance(username),
      };
    },

    /** Lets time pass, and does what is due then, twice: as two processes would. */
    async pass(seconds: number): Promise<void> {
      service.clock.advanceMilliseconds(seconds * 1_000);
      const deps = {
        store,
        clock,
        ids,
        payments: createPaymentDao(store),
        fundingProviders: createFundingProviders(settings),
      };
      const at = isoTime(clock.now());
      const { items } = await createDueWorkDao(store).getDue('funding_payment', { at, limit: FIRST_PAGE });
      await Promise.all([...items, ...items].map(async (work) => advancePayment(deps, work)));
    },

    /** Sends an event of the provider, signed at the current time unless given otherwise. */
    async send(
      event: object,
      { secondsAgo = 0, secret = SECRET }: { readonly secondsAgo?: number; readonly secret?: string } = {},
    ): Promise<Answer> {
      const body = JSON.stringify(event);
      const seconds = Math.floor(clock.now().getTime() / 1_000) - secondsAgo;
      const headers = { 'webhook-signature': signBody(body, seconds, secret) };
      return service.call('POST', '/funding/events', { headers, body });
    },
  };
}

export type FundingUnderTest = Awaited<ReturnType<typeof startFunding>>;

/** Returns the payment of an answer to a request. */
export function paymentOf({ body }: Answer): PaymentAnswer {
  return body as unknown as PaymentAnswer;
}
