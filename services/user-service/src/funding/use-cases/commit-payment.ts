import type { IsoTime } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { defineCounter } from '@cnop/common/core/figures';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import { fundingDayRecord, markerOf, paymentRecord } from '@cnop/common/dao/user/payment-dao';
import { StoreBusyError } from '@cnop/common/database/store-errors';
import type { Decision, Item, ItemKey, Write } from '@cnop/common/database/table-store';
import { isSameKey } from '@cnop/common/database/validate-transaction';
import type { FundingDay, Payment } from '@cnop/common/entities/user/payment';
import { NotFoundError } from '@cnop/exception/errors';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import type { PaymentChange, PaymentIds } from '../domain/payment-steps.ts';
import { makePaymentIds } from '../domain/payment-steps.ts';

const countSteps = defineCounter({
  name: 'cnop_payment_steps_total',
  help: 'Steps of payments, by kind (deposit, withdrawal) and the status that they led to.',
  labelNames: ['kind', 'status'],
});

/** Attempts at changing a payment that others change at the same time. */
const MAX_ATTEMPTS = 5;

export type ChangePaymentDeps = Pick<UserDependencies, 'store' | 'clock' | 'ids' | 'payments'>;
export type PaymentName = Pick<Payment, 'username' | 'payment_id'>;
type Items = Readonly<Record<string, Item | undefined>>;

/** What a decision about a payment has beside the payment and its account. */
export interface DecisionContext {
  readonly items: Items;
  readonly ids: PaymentIds;
  readonly at: IsoTime;
}

/** A decision about a payment. */
export interface PaymentCommand {
  /** Further reads of the commit. */
  readonly reads?: Readonly<Record<string, ItemKey>>;
  /** Returns the change and further writes of the commit; undefined when there is nothing to do. */
  readonly decide: (
    before: PaymentChange,
    context: DecisionContext,
  ) => { readonly change: PaymentChange; readonly writes?: readonly Write[] } | undefined;
}

/**
 * Changes a payment. Payment, balance, ledger entry, events, the count of the day and the marker of what it waits for are
 * one commit.
 * @throws NotFoundError (404) for an unknown payment
 * @throws StoreBusyError (503) when others keep changing the payment; everything that `decide` throws
 */
export async function changePayment(
  deps: ChangePaymentDeps,
  name: PaymentName,
  command: PaymentCommand,
): Promise<Payment> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await changeKnown(deps, name, command);
    } catch (error) {
      if (!(error instanceof PaymentMovedOn)) throw error;
      if (attempt === MAX_ATTEMPTS) throw new StoreBusyError();
    }
  }
}

/** Thrown inside a decision, never sent: the payment waits for something else than when it was read. */
class PaymentMovedOn extends Error {}

async function changeKnown(
  deps: ChangePaymentDeps,
  { username, payment_id }: PaymentName,
  { reads: others = {}, decide }: PaymentCommand,
): Promise<Payment> {
  const known = await deps.payments.getPayment(username, payment_id);
  if (!known) throw new NotFoundError('The payment');
  const at = isoTime(deps.clock.now());
  const ids = makePaymentIds(() => deps.ids.next());
  const marker = markerOf(known);
  const reads = {
    ...others,
    payment: paymentRecord.key(known),
    balance: balanceRecord.key({ username }),
    ...(marker && { marker: marker.key }),
    ...(known.counted_on !== null && { day: fundingDayRecord.key({ username }) }),
  };
  const changed = await deps.store.transact(reads, (items: Items): Decision<Payment> => {
    const before = readChange(items);
    const current = markerOf(before.payment);
    if (!isSameKey(current?.key ?? NO_KEY, marker?.key ?? NO_KEY)) throw new PaymentMovedOn();
    const decided = decide(before, { items, ids, at });
    if (!decided) return { writes: [], result: before.payment };
    const { change, writes = [] } = decided;
    return { writes: [...changeWrites(change, before), ...writes], result: change.payment };
  });
  countPaymentSteps(changed, known.history.length);
  return changed;
}

const NO_KEY: ItemKey = { table: 'users', pk: '', sk: '' };

/** @throws NotFoundError (404) without the payment or its account */
function readChange(items: Items): PaymentChange {
  const payment = paymentRecord.readIfPresent(items['payment']);
  const balance = balanceRecord.readIfPresent(items['balance']);
  if (!payment || !balance) throw new NotFoundError('The payment');
  const day = fundingDayRecord.readIfPresent(items['day']);
  return { payment, balance, day, entry: undefined, events: [] };
}

/**
 * Returns the writes of a changed payment.
 * @param before the stored payment and the count of its day; undefined for a new payment
 */
export function changeWrites(
  { payment, balance, day, entry, events }: PaymentChange,
  before?: { readonly payment: Payment; readonly day: FundingDay | undefined },
): Write[] {
  const old = before && markerOf(before.payment);
  const current = markerOf(payment);
  const isMoved = !isSameKey(old?.key ?? NO_KEY, current?.key ?? NO_KEY);
  return [
    before ? paymentRecord.replace(payment) : paymentRecord.create(payment),
    // Without an event nothing of the account has changed.
    ...(events.length > 0 ? [balanceRecord.replace(balance)] : []),
    ...(entry ? [balanceTransactionRecord.create(entry)] : []),
    ...events.map(liveEventRecord.create),
    ...(day && day !== before?.day ? [fundingDayRecord.replace(day)] : []),
    ...(isMoved && old ? [old.remove] : []),
    ...(isMoved && current ? [current.create] : []),
  ];
}

/** Counts the steps that a payment has taken since it had a number of them. */
export function countPaymentSteps({ kind, history }: Payment, before: number): void {
  for (const { status } of history.slice(before)) countSteps({ kind, status });
}
