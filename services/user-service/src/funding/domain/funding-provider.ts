import type { IsoTime } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { addSeconds } from '@cnop/common/core/clock';
import type { FundingProviderName, Payment, PaymentStep } from '@cnop/common/entities/user/payment';

/** The next step of a payment, and when it is due. */
export interface DueStep extends Pick<PaymentStep, 'status' | 'reason'> {
  readonly dueAt: IsoTime;
}

/** Who moves the money of a payment outside of the platform. */
export interface FundingProvider {
  /** Returns the step that a payment takes next by itself; undefined when the provider announces it by an event. */
  nextStep(payment: Payment): DueStep | undefined;
}

/** The providers by name: a payment goes on with the one that it began with, whatever the setting is now. */
export type FundingProviders = Readonly<Record<FundingProviderName, FundingProvider>>;

/**
 * Creates the providers.
 * @param bankSeconds the time that the simulated bank takes for each step
 */
export function createFundingProviders({ bankSeconds }: { readonly bankSeconds: number }): FundingProviders {
  return {
    instant: { nextStep: ({ updated_at: dueAt }) => ({ status: 'completed', reason: null, dueAt }) },
    simulated_bank: { nextStep: (payment) => simulatedStep(payment, bankSeconds) },
    webhook: { nextStep: () => undefined },
  };
}

/** The simulated bank declines amounts that end in 13 cents, so that failures can be tried at will. */
const DECLINED_AMOUNT = /\.13$/;

function simulatedStep({ status, amount, updated_at }: Payment, delaySeconds: number): DueStep {
  const dueAt = isoTime(addSeconds(new Date(updated_at), delaySeconds));
  if (status === 'pending') return { status: 'processing', reason: null, dueAt };
  if (DECLINED_AMOUNT.test(amount)) {
    return { status: 'failed', reason: 'The bank declined the payment.', dueAt };
  }
  return { status: 'completed', reason: null, dueAt };
}
