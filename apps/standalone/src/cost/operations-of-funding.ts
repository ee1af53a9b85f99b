import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import type { Funding } from '@cnop/common/config/funding-settings';
import { isoTime, knownUsd, knownUsername } from '@cnop/common/core/brands';
import { systemIds } from '@cnop/common/core/ids';
import { createDueWorkDao } from '@cnop/common/dao/schedule/due-work-dao';
import { createPaymentDao } from '@cnop/common/dao/user/payment-dao';
import { createFundingProviders } from '@cnop/user-service/funding/domain/funding-provider';
import {
  advancePayment,
  cancelPayment,
  reviewWithdrawal,
} from '@cnop/user-service/funding/use-cases/change-payment';
import { requestDeposit, requestWithdrawal } from '@cnop/user-service/funding/use-cases/request-payment';
import type { Measurement } from './measurement.ts';

const TRADER = knownUsername('bobby_example_123');
const STAFF = knownUsername('grace_example_123');
const BANK_SECONDS = 60;
const PAGE = { limit: 20, offset: 0, after: undefined };
const ORIGIN = { address: '127.0.0.1', userAgent: undefined, requestId: 'cost' };
const BANK: Funding = {
  provider: 'simulated_bank',
  bankSeconds: BANK_SECONDS,
  webhookSecrets: [],
  reviewAbove: undefined,
};

/** Measures deposits and withdrawals that a provider carries out, and those that count for a daily limit. */
export async function measureFunding({ platform, measureWork }: Measurement): Promise<void> {
  const { store, clock } = platform;
  const payments = createPaymentDao(store);
  const shared = {
    store,
    clock,
    ids: systemIds,
    payments,
    audit: createAuditLogger({ store, clock, ids: systemIds }),
    playMoney: { freeDeposits: true, demoAccounts: true },
    tierLimits: {},
  };
  const depsOf = (funding: Funding) => ({
    ...shared,
    funding,
    fundingProviders: createFundingProviders(funding),
  });
  const bank = depsOf(BANK);
  const reviewed = depsOf({ ...BANK, provider: 'instant', reviewAbove: knownUsd('0') });
  const limits = { standard: { deposit: knownUsd('1000000'), withdrawal: knownUsd('1000000') } };
  const limited = { ...depsOf({ ...BANK, provider: 'instant' }), tierLimits: limits };
  const request = { username: TRADER, amount: knownUsd('10'), description: null, intent: undefined };
  const newest = async () => (await payments.getPayments(TRADER, PAGE)).items[0]?.payment_id;
  const advance = async (): Promise<void> => {
    const at = isoTime(clock.now());
    const { items } = await createDueWorkDao(store).getDue('funding_payment', { at, limit: 1 });
    for (const work of items) await advancePayment(bank, work);
  };

  await measureWork('deposit within a daily limit', async () => requestDeposit(limited, request));
  await measureWork('deposit through a bank, requested', async () => requestDeposit(bank, request));
  platform.advanceSeconds(BANK_SECONDS);
  await measureWork('deposit through a bank, begun', advance);
  platform.advanceSeconds(BANK_SECONDS);
  await measureWork('deposit through a bank, completed', advance);
  await measureWork('withdrawal through a bank, requested', async () => requestWithdrawal(bank, request));
  const cancelled = await newest();
  await measureWork('withdrawal through a bank, cancelled', async () => {
    if (cancelled !== undefined) await cancelPayment(bank, { username: TRADER, payment_id: cancelled });
  });
  await measureWork('withdrawal, to be reviewed', async () => requestWithdrawal(reviewed, request));
  const awaiting = await newest();
  await measureWork('withdrawal, approved and paid', async () => {
    if (awaiting === undefined) return;
    const by = { actor: STAFF, origin: ORIGIN, decision: 'approved', reason: null } as const;
    await reviewWithdrawal(reviewed, { username: TRADER, payment_id: awaiting, ...by });
  });
}
