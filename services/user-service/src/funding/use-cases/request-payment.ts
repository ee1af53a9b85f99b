import { isoTime } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import type { Once } from '@cnop/common/dao/idempotency/transact-once';
import { transactOnce } from '@cnop/common/dao/idempotency/transact-once';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { Item } from '@cnop/common/database/table-store';
import { BASE_CURRENCY } from '@cnop/common/entities/currency';
import type { Payment, PaymentKind } from '@cnop/common/entities/user/payment';
import { paymentStatusSchema } from '@cnop/common/entities/user/payment';
import { NotFoundError, ValidationError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { CashReceipt, MoveCash } from '../../use-cases/cash/move-cash.ts';
import {
  assertMayDeposit,
  cashReceiptSchema,
  depositCash,
  withdrawCash,
} from '../../use-cases/cash/move-cash.ts';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import type { PaymentChange } from '../domain/payment-steps.ts';
import { acceptPayment, makePaymentIds, takeDueSteps } from '../domain/payment-steps.ts';
import { changeWrites, countPaymentSteps } from './commit-payment.ts';
import { prepareDayCount } from './count-day.ts';

/** The response to a request that makes a payment. */
export const paymentReceiptSchema = cashReceiptSchema.extend({
  transaction_id: z.string().nullable().describe('The ledger entry; null until cash moves.'),
  payment_id: z.string(),
  status: paymentStatusSchema,
});
type PaymentReceipt = z.infer<typeof paymentReceiptSchema>;

/** An answer of either form: the provider may have changed since the first answer. */
const fundingReceiptSchema = z.union([paymentReceiptSchema, cashReceiptSchema]);
export type FundingReceipt = CashReceipt | PaymentReceipt;

/** Returns whether a response is about a payment whose cash has not moved yet. */
export function isUnderWay(receipt: FundingReceipt): receipt is PaymentReceipt {
  return receipt.transaction_id === null;
}

type RequestDeps = Pick<
  UserDependencies,
  'store' | 'clock' | 'ids' | 'playMoney' | 'funding' | 'fundingProviders' | 'tierLimits'
>;

/**
 * Deposits cash into the caller's account: at once with the instant provider, else as a payment.
 * @throws ForbiddenError (403) where play money is switched off
 * @throws FundingLimitError (422 BUS_004) above the daily limit of the tier
 * @see docs/reference/funding.md
 */
export async function requestDeposit(deps: RequestDeps, command: MoveCash): Promise<Once<FundingReceipt>> {
  if (deps.funding.provider === 'instant') return depositCash(deps, command);
  if (deps.funding.provider !== 'webhook') assertMayDeposit(deps);
  return requestPayment(deps, { ...command, kind: 'deposit', needsReview: false });
}

/**
 * Withdraws cash from the caller's account: at once with the instant provider, else as a payment that holds the cash. A
 * large withdrawal waits for staff.
 * @throws InsufficientBalanceError (422) when the amount exceeds the available cash
 * @throws FundingLimitError (422 BUS_004) above the daily limit of the tier
 * @see docs/reference/funding.md
 */
export async function requestWithdrawal(deps: RequestDeps, command: MoveCash): Promise<Once<FundingReceipt>> {
  const { provider, reviewAbove } = deps.funding;
  const needsReview = reviewAbove !== undefined && decimal(command.amount).gt(reviewAbove);
  if (provider === 'instant' && !needsReview) return withdrawCash(deps, command);
  return requestPayment(deps, { ...command, kind: 'withdrawal', needsReview });
}

/**
 * Checks that no rule of payments applies to a movement. They know only USD, so another currency would evade them.
 * @throws ValidationError (422) on `currency`
 */
export function assertMovesAtOnce(
  { funding, tierLimits }: Pick<UserDependencies, 'funding' | 'tierLimits'>,
  kind: PaymentKind,
): void {
  const isLimited = Object.values(tierLimits).some((limits) => limits[kind] !== undefined);
  const isReviewed = kind === 'withdrawal' && funding.reviewAbove !== undefined;
  if (funding.provider === 'instant' && !isLimited && !isReviewed) return;
  throw ValidationError.ofField('currency', 'Only USD can be deposited and withdrawn here.', 'not_supported');
}

interface RequestPayment extends MoveCash {
  readonly kind: PaymentKind;
  readonly needsReview: boolean;
}

async function requestPayment(
  deps: RequestDeps,
  { username, amount, description, intent, kind, needsReview }: RequestPayment,
): Promise<Once<FundingReceipt>> {
  const now = deps.clock.now();
  const at = isoTime(now);
  const ids = makePaymentIds(() => deps.ids.next());
  const { provider } = deps.funding;
  const terms = {
    paymentId: deps.ids.next(),
    username,
    kind,
    amount,
    description,
    provider,
    needsReview,
    at,
  };
  const count = prepareDayCount(deps, { username, kind, amount });
  let accepted: Payment | undefined;
  const once = await transactOnce<typeof count.reads, FundingReceipt>(deps.store, {
    intent,
    now,
    answer: fundingReceiptSchema,
    reads: { ...count.reads, balance: balanceRecord.key({ username }) },
    decide: (items: Readonly<Record<string, Item | undefined>>) => {
      const balance = balanceRecord.readIfPresent(items['balance']);
      if (!balance) throw new NotFoundError('The account');
      const day = count.decide(items, at);
      const pending = acceptPayment(terms, { balance, day }, ids);
      const change = takeDueSteps(pending, deps.fundingProviders, { ids, at });
      accepted = change.payment;
      return { writes: changeWrites(change), result: toReceipt(change) };
    },
  });
  if (accepted && !once.isReplayed) countPaymentSteps(accepted, 0);
  return once;
}

function toReceipt({ payment, balance }: PaymentChange): PaymentReceipt {
  const { kind, amount, payment_id, transaction_id, status, updated_at } = payment;
  const noun = kind === 'deposit' ? 'Deposit' : 'Withdrawal';
  return {
    success: true,
    message: `${noun} of $${amount} is ${status}`,
    transaction_id,
    payment_id,
    status,
    currency: BASE_CURRENCY,
    new_balance: balance.current_balance,
    timestamp: updated_at,
  };
}
