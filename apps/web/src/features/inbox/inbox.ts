import type { IsoTime } from '@cnop/common/core/brands';
import { isFinal } from '@cnop/common/entities/order/order';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { RecurringBuy, RecurringRun } from '@cnop/common/entities/order/recurring-buy';
import type { LedgerEntry } from '../../api/account/cash.ts';
import type { OwnPayment } from '../../api/account/funding.ts';
import { entryName } from '../../ui/ledger-names.ts';
import { ORDER_STATUS_NAMES, ORDER_TYPE_NAMES } from '../../ui/order-names.ts';

/** The inbox goes back this many days. */
const KEPT_DAYS = 30;
const DAY_MILLISECONDS = 86_400_000;
const MAX_ITEMS = 100;
/** The reason of the API for an order that its user cancelled. */
const OWN_CANCELLATION = 'cancelled by the user';

/** What happened to the account without an action of the user at that moment. */
export type InboxItem = { readonly id: string; readonly at: IsoTime } & (
  | { readonly kind: 'order'; readonly order: OrderDocument; readonly reason: string | null }
  | { readonly kind: 'entry'; readonly entry: LedgerEntry }
  | { readonly kind: 'payment'; readonly payment: OwnPayment; readonly reason: string | null }
  | { readonly kind: 'run'; readonly buy: RecurringBuy; readonly run: RecurringRun }
);

/** The lists that the inbox is made of, each newest first. */
export interface InboxSources {
  readonly orders: readonly OrderDocument[];
  readonly entries: readonly LedgerEntry[];
  readonly payments: readonly OwnPayment[];
  readonly buys: readonly RecurringBuy[];
}

/** Returns the items of the inbox, newest first. */
export function inboxOf({ orders, entries, payments, buys }: InboxSources, now: Date): InboxItem[] {
  const since = now.getTime() - KEPT_DAYS * DAY_MILLISECONDS;
  const items = [
    ...orders.flatMap(itemOfOrder),
    ...entries.filter(isFromElsewhere).map((entry): InboxItem => {
      return { kind: 'entry', id: entry.transaction_id, at: entry.created_at, entry };
    }),
    ...payments.flatMap(itemOfPayment),
    ...buys.flatMap((buy) => buy.runs.flatMap((run) => itemOfRun(buy, run))),
  ];
  return items
    .filter(({ at }) => Date.parse(at) >= since)
    .toSorted((one, other) => (one.at < other.at ? 1 : -1))
    .slice(0, MAX_ITEMS);
}

/** An order that was open and ended without its user: filled, expired, failed, or cancelled by the platform. */
function itemOfOrder(order: OrderDocument): InboxItem[] {
  const last = order.history.at(-1);
  if (!last || !isFinal(order.status) || order.accepted_quote === null) return [];
  if (order.status === 'cancelled' && last.reason === OWN_CANCELLATION) return [];
  return [{ kind: 'order', id: order.order_id, at: last.at, order, reason: last.reason }];
}

/** Returns whether staff, the platform or another user posted an entry. */
function isFromElsewhere({ transaction_type: type, direction }: LedgerEntry): boolean {
  if (type === 'transfer') return direction === 'credit';
  return type === 'system_adjustment' || type === 'order_refund' || type === 'settlement';
}

/** A payment that a provider or staff brought to an end. */
function itemOfPayment(payment: OwnPayment): InboxItem[] {
  const last = payment.history.at(-1);
  if (!last || (payment.status !== 'completed' && payment.status !== 'failed')) return [];
  return [{ kind: 'payment', id: payment.payment_id, at: last.at, payment, reason: last.reason }];
}

/** A run that bought is the order that it placed. */
function itemOfRun(buy: RecurringBuy, run: RecurringRun): InboxItem[] {
  if (run.outcome === 'bought') return [];
  return [{ kind: 'run', id: `${buy.recurring_buy_id} ${run.scheduled_for}`, at: run.at, buy, run }];
}

/** Returns what an item says in one line, without amounts, which may be hidden. */
export function titleOf(item: InboxItem): string {
  switch (item.kind) {
    case 'order': {
      const { order_type, asset_id, status } = item.order;
      const name = `${ORDER_TYPE_NAMES[order_type]} ${asset_id}`;
      return status === 'cancelled'
        ? `${name} was cancelled by the platform`
        : `${name} ${ORDER_STATUS_NAMES[status].toLowerCase()}`;
    }
    case 'entry':
      return item.entry.transaction_type === 'system_adjustment'
        ? 'Your balance was adjusted by staff'
        : entryName(item.entry);
    case 'payment':
      return `${item.payment.kind === 'deposit' ? 'Deposit' : 'Withdrawal'} ${item.payment.status}`;
    case 'run':
      return `Recurring buy of ${item.buy.asset_id} ${item.run.outcome}`;
  }
}

/** Returns whether an item is newer than the last one that the user has seen. */
export function isUnread({ at }: InboxItem, readUntil: IsoTime | undefined): boolean {
  return readUntil === undefined || at > readUntil;
}
