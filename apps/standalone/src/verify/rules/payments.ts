import type { IsoTime, Username } from '@cnop/common/core/brands';
import { knownUsername } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { decimal, ZERO } from '@cnop/common/core/money';
import type { DueWork } from '@cnop/common/dao/schedule/due-work-dao';
import { dueWorkRecord } from '@cnop/common/dao/schedule/due-work-dao';
import type { WaitingPayment } from '@cnop/common/dao/user/payment-dao';
import { waitingPaymentRecord } from '@cnop/common/dao/user/payment-dao';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import type { Payment, PaymentStatus } from '@cnop/common/entities/user/payment';
import type { StoredOf } from '../stored-kinds.ts';
import type { Rule, Violation } from '../violation.ts';
import { nameOf, violation } from '../violation.ts';

const FOLLOWERS: Readonly<Record<PaymentStatus, ReadonlySet<PaymentStatus>>> = {
  pending: new Set(['pending', 'processing', 'completed', 'failed', 'cancelled']),
  processing: new Set(['completed', 'failed']),
  completed: new Set(),
  failed: new Set(),
  cancelled: new Set(),
};

function isUnderWay({ status }: Payment): boolean {
  return status === 'pending' || status === 'processing';
}

/** Returns the USD that a payment holds: a withdrawal its amount until it ends. */
export function paymentHold(payment: Payment): Decimal {
  return payment.kind === 'withdrawal' && isUnderWay(payment) ? decimal(payment.amount) : ZERO;
}

/** Checks the rules of a payment that need no other item. */
export function checkPayment({ key, entity }: StoredOf<'payment'>): Violation[] {
  const faults: readonly (readonly [Rule, readonly string[]])[] = [
    ['payment-history', historyFaults(entity)],
    ['payment-state', stateFaults(entity)],
    ['payment-review', reviewFaults(entity)],
  ];
  return faults.flatMap(([rule, texts]) =>
    texts.length === 0 ? [] : [violation(rule, [key], texts.join(' '))],
  );
}

function historyFaults({ history, status, created_at }: Payment): string[] {
  const faults: string[] = [];
  for (const [position, step] of history.entries()) {
    const before = history[position - 1];
    if (before === undefined) {
      if (step.status !== 'pending' || step.at !== created_at) faults.push('It does not begin pending.');
    } else if (!FOLLOWERS[before.status].has(step.status)) {
      faults.push(`${step.status} follows ${before.status}.`);
    }
  }
  if (history.at(-1)?.status !== status) faults.push(`Its status is ${status}, which is not the last step.`);
  return faults;
}

function stateFaults({ status, transaction_id, due_at }: Payment): string[] {
  const faults: string[] = [];
  if ((status === 'completed') !== (transaction_id !== null)) {
    faults.push(`A ${status} payment has ${transaction_id === null ? 'no' : 'a'} ledger entry.`);
  }
  if (due_at !== null && status !== 'pending' && status !== 'processing') {
    faults.push(`A ${status} payment is due again at ${due_at}.`);
  }
  return faults;
}

function reviewFaults({ username, kind, status, review, history }: Payment): string[] {
  if (review === null) return [];
  const { status: decision, decided_by } = review;
  const faults: string[] = [];
  if (kind !== 'withdrawal') faults.push(`A ${kind} is not reviewed.`);
  if ((decision === 'awaiting') !== (decided_by === null)) faults.push(`${decided_by} made it ${decision}.`);
  if (decided_by === username) faults.push('Its own user reviewed it.');
  if (decision === 'rejected' && status !== 'failed') faults.push(`It was rejected, but is ${status}.`);
  const isOnItsWay = history.some((step) => step.status === 'processing' || step.status === 'completed');
  if (decision !== 'approved' && isOnItsWay) faults.push('It went on without approval.');
  return faults;
}

/** Returns the topic of a payment, by its user and id. */
export function paymentSubject({ username, payment_id }: { username: string; payment_id: string }): string {
  return `${username} ${payment_id}`;
}

/** Returns the ledger entry that a payment must have, as a text; undefined for one without. */
export function entryDueText({ kind, amount, status, transaction_id }: Payment): string | undefined {
  if (status !== 'completed') return undefined;
  return [kind === 'deposit' ? 'deposit credit' : 'withdraw debit', amount, transaction_id].join(' ');
}

/** Returns what a ledger entry says of its payment; undefined for an entry without one. */
export function entryText(entry: BalanceTransaction): string | undefined {
  const { transaction_type: type, direction, amount, transaction_id, reference_id } = entry;
  if ((type !== 'deposit' && type !== 'withdraw') || reference_id === null) return undefined;
  return [type, direction, amount, transaction_id].join(' ');
}

/** Returns the key of the item that says what an open payment waits for; undefined for an ended one. */
export function markerKeyOf(payment: Payment): ItemKey | undefined {
  const { username, payment_id, due_at, review, created_at, updated_at } = payment;
  if (!isUnderWay(payment)) return undefined;
  if (due_at !== null) {
    return dueWorkRecord.key({ kind: 'funding_payment', due_at, subject: `${username}:${payment_id}` });
  }
  const isReviewed = review?.status === 'awaiting';
  return waitingPaymentRecord.key({
    waits_for: isReviewed ? 'review' : 'provider',
    since: isReviewed ? created_at : updated_at,
    username,
    payment_id,
  });
}

/** Returns the payment that a marker is about; undefined for due work of another kind. */
export function markedPayment(
  marker: DueWork | WaitingPayment,
): { readonly username: Username; readonly payment_id: string } | undefined {
  if ('payment_id' in marker) return marker;
  if (marker.kind !== 'funding_payment') return undefined;
  const [username = '', payment_id = ''] = marker.subject.split(':');
  return { username: knownUsername(username), payment_id };
}

/** Returns the events that a payment must have, each as one text. */
export function stepTexts({ kind, amount, history }: Payment, keptSince: IsoTime): string[] {
  return history
    .filter(({ at }) => at >= keptSince)
    .map(({ status, at }) => [at, kind, amount, status].join(' '));
}

/** Returns the text of an event about a payment; undefined for another event, and for one that may be deleted. */
export function eventStepText({ occurred_at, data }: LiveEvent, keptSince: IsoTime): string | undefined {
  if (!data.payment || occurred_at < keptSince) return undefined;
  return [occurred_at, data.payment.kind, data.payment.amount, data.payment.status].join(' ');
}

type Parts = StoredOf<'payment' | 'ledger entry' | 'due work' | 'waiting payment' | 'event'>;

/** Compares a payment, if there is one, with the items that another kind of rule finds about it. */
function compare(
  rule: Rule,
  payment: StoredOf<'payment'> | undefined,
  {
    due,
    found,
    others,
  }: {
    readonly due: readonly string[];
    readonly found: readonly string[];
    readonly others: readonly Parts[];
  },
): Violation[] {
  const [wanted, stated] = [due.toSorted().join('; '), found.toSorted().join('; ')];
  if (wanted === stated) return [];
  const keys = [...(payment ? [payment.key] : []), ...others.map(({ key }) => key)];
  return [violation(rule, keys, `The payment needs ${wanted || 'none'}, but there is ${stated || 'none'}.`)];
}

const texts = (list: readonly (string | undefined)[]): string[] => list.filter((text) => text !== undefined);

/** Checks that a completed payment has exactly its ledger entry, and that no other payment has one. */
export function checkPaymentCash(
  payment: StoredOf<'payment'> | undefined,
  entries: readonly StoredOf<'ledger entry'>[],
): Violation[] {
  const due = texts([payment && entryDueText(payment.entity)]);
  const found = texts(entries.map(({ entity }) => entryText(entity)));
  return compare('payment-cash', payment, { due, found, others: entries });
}

/** Checks that an open payment has exactly one item that says what it waits for, and an ended payment none. */
export function checkPaymentMarker(
  payment: StoredOf<'payment'> | undefined,
  markers: readonly StoredOf<'due work' | 'waiting payment'>[],
): Violation[] {
  const key = payment && markerKeyOf(payment.entity);
  const due = key ? [nameOf(key)] : [];
  const found = markers.map((marker) => nameOf(marker.key));
  return compare('payment-due', payment, { due, found, others: markers });
}

/** Checks that each step of a payment has one event, with the same data. */
export function checkPaymentEvents(
  payment: StoredOf<'payment'> | undefined,
  events: readonly StoredOf<'event'>[],
  keptSince: IsoTime,
): Violation[] {
  const due = payment ? stepTexts(payment.entity, keptSince) : [];
  const found = texts(events.map(({ entity }) => eventStepText(entity, keptSince)));
  return compare('event-payment', payment, { due, found, others: events });
}
