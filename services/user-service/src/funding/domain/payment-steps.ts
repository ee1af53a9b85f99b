import type { EventId, IsoTime, PaymentId, TransactionId, Usd, Username } from '@cnop/common/core/brands';
import { decimal, formatUsd, isStorable } from '@cnop/common/core/money';
import type { Balance } from '@cnop/common/entities/user/balance';
import type { Posting } from '@cnop/common/entities/user/balance-rules';
import { LEDGER_ACCOUNTS, postToLedger } from '@cnop/common/entities/user/balance-rules';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { nextPaymentEvent } from '@cnop/common/entities/user/live-event';
import type {
  FundingDay,
  FundingProviderName,
  Payment,
  PaymentKind,
  PaymentStatus,
  PaymentStep,
} from '@cnop/common/entities/user/payment';
import { discountFunding } from '@cnop/common/entities/user/tier-limits';
import { holdCash, releaseCash } from '@cnop/common/trading/holds';
import { StateConflictError } from '@cnop/exception/errors';
import type { DueStep, FundingProviders } from './funding-provider.ts';

/** The statuses that may follow a status. `pending` follows itself when staff approve a withdrawal. */
const MAY_FOLLOW: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  pending: ['pending', 'processing', 'completed', 'failed', 'cancelled'],
  processing: ['completed', 'failed'],
  completed: [],
  failed: [],
  cancelled: [],
};

/** Returns whether a payment has ended. */
function isEnded({ status }: Pick<Payment, 'status'>): boolean {
  return MAY_FOLLOW[status].length === 0;
}

/** Returns whether a status may follow the current one of a payment. */
export function mayBecome(payment: Pick<Payment, 'status'>, status: PaymentStatus): boolean {
  return status !== payment.status && MAY_FOLLOW[payment.status].includes(status);
}

/** The most steps that one commit takes: a request that goes through at once. */
const MAX_STEPS = 4;

/** The ids of a commit. Made before the decision, which may run more than once. */
export interface PaymentIds {
  /** The unique part of the id of the ledger entry. */
  readonly entry: TransactionId;
  readonly events: readonly EventId[];
}

/** Makes the ids of a commit. */
export function makePaymentIds(next: () => EventId & TransactionId): PaymentIds {
  return { entry: next(), events: Array.from({ length: MAX_STEPS }, next) };
}

/** A payment, what changes with it, and what its steps have added so far. */
export interface PaymentChange {
  readonly payment: Payment;
  readonly balance: Balance;
  /** What counts for the daily limits; undefined for a payment that is not counted. */
  readonly day: FundingDay | undefined;
  readonly entry: BalanceTransaction | undefined;
  readonly events: readonly LiveEvent[];
}

/** A payment as its user asks for it. */
export interface PaymentTerms {
  readonly paymentId: PaymentId;
  readonly username: Username;
  readonly kind: PaymentKind;
  readonly amount: Usd;
  readonly description: string | null;
  readonly provider: FundingProviderName;
  readonly needsReview: boolean;
  readonly at: IsoTime;
}

/**
 * Accepts a payment, which is pending. A withdrawal holds its cash.
 * @throws InsufficientBalanceError (422) when a withdrawal exceeds the available cash
 */
export function acceptPayment(
  terms: PaymentTerms,
  { balance, day }: Pick<PaymentChange, 'balance' | 'day'>,
  ids: PaymentIds,
): PaymentChange {
  const { paymentId, username, kind, amount, description, provider, needsReview, at } = terms;
  const value = decimal(amount);
  const payment: Payment = {
    payment_id: paymentId,
    username,
    kind,
    amount: formatUsd(value),
    currency: 'USD',
    provider,
    status: 'pending',
    description,
    review: needsReview ? { status: 'awaiting', decided_by: null, decided_at: null, reason: null } : null,
    transaction_id: null,
    counted_on: day?.day ?? null,
    due_at: null,
    history: [{ status: 'pending', at, reason: null }],
    provider_events: [],
    created_at: at,
    updated_at: at,
  };
  const held = kind === 'withdrawal' ? holdCash(balance, value, at, 'amount') : balance;
  return announce({ payment, balance: held, day, entry: undefined, events: [] }, ids, at);
}

/**
 * Takes one step of a payment. Cash moves with `completed`; the hold of a withdrawal is released at its end. A deposit
 * that the balance could not hold fails instead.
 * @throws StateConflictError (409) when the status may not follow the current one
 */
export function takeStep(change: PaymentChange, asked: PaymentStep, ids: PaymentIds): PaymentChange {
  const step = fittingStep(change, asked);
  const { payment, day } = change;
  if (!MAY_FOLLOW[payment.status].includes(step.status)) {
    throw new StateConflictError(`A ${payment.kind} that is ${payment.status} cannot become ${step.status}.`);
  }
  const { status, at } = step;
  const settled = settle(change, step, ids);
  const isLost = status === 'failed' || status === 'cancelled';
  const stepped: Payment = {
    ...payment,
    status,
    transaction_id: settled.transaction?.transaction_id ?? null,
    history: [...payment.history, step],
    updated_at: at,
  };
  return announce(
    {
      payment: stepped,
      balance: settled.balance,
      day: day && isLost ? discountFunding(day, payment) : day,
      entry: settled.transaction,
      events: change.events,
    },
    ids,
    at,
  );
}

function fittingStep({ payment, balance }: PaymentChange, step: PaymentStep): PaymentStep {
  if (step.status !== 'completed' || payment.kind === 'withdrawal') return step;
  if (isStorable(decimal(balance.current_balance).plus(payment.amount))) return step;
  return { ...step, status: 'failed', reason: 'The balance would become larger than the platform can hold.' };
}

function announce(change: PaymentChange, ids: PaymentIds, at: IsoTime): PaymentChange {
  const id = ids.events[change.events.length];
  if (id === undefined) throw new RangeError('a commit takes more steps than it has ids');
  const { balance, event } = nextPaymentEvent(change.balance, change.payment, { id, at });
  return { ...change, balance, events: [...change.events, event] };
}

/** Releases the hold of a withdrawal that ends, and moves the cash of a payment that is completed. */
function settle(
  { payment, balance }: PaymentChange,
  { status, at }: PaymentStep,
  ids: PaymentIds,
): Partial<Pick<Posting, 'transaction'>> & Pick<Posting, 'balance'> {
  const { kind, amount, payment_id, description } = payment;
  const released = kind === 'withdrawal' && isEnded({ status }) ? releaseCash(balance, amount, at) : balance;
  if (status !== 'completed') return { balance: released };
  return postToLedger(released, {
    ...(kind === 'deposit'
      ? { type: 'deposit', direction: 'credit', counterpart: LEDGER_ACCOUNTS.deposit }
      : { type: 'withdraw', direction: 'debit', counterpart: LEDGER_ACCOUNTS.withdrawal }),
    amount: decimal(amount),
    description,
    referenceId: payment_id,
    at,
    id: ids.entry,
  });
}

/** Takes all steps of a payment that are due by themselves, and notes when the next one is. */
export function takeDueSteps(
  change: PaymentChange,
  providers: FundingProviders,
  { ids, at }: { readonly ids: PaymentIds; readonly at: IsoTime },
): PaymentChange {
  let taken = change;
  let next = nextStepOf(taken, providers);
  while (next && next.dueAt <= at) {
    const { status, reason } = next;
    taken = takeStep(taken, { status, reason, at }, ids);
    next = nextStepOf(taken, providers);
  }
  return { ...taken, payment: { ...taken.payment, due_at: next?.dueAt ?? null } };
}

function nextStepOf({ payment, balance }: PaymentChange, providers: FundingProviders): DueStep | undefined {
  if (isEnded(payment) || payment.review?.status === 'awaiting') return undefined;
  const step = providers[payment.provider].nextStep(payment);
  const { trading_block: block } = balance;
  if (!step || block === null || payment.kind === 'deposit' || payment.status !== 'pending') return step;
  // Money that is already on its way cannot be stopped.
  return { ...step, status: 'failed', reason: `The account is ${block}.` };
}
