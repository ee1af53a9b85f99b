import type { IsoTime, Username } from '@cnop/common/core/brands';
import type { OrderDocument, OrderStatus } from '@cnop/common/entities/order/order-document';
import type { LiveEvent, liveEventDataSchema } from '@cnop/common/entities/user/live-event';
import type { z } from 'zod';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import { showUsd, unfilledTotal } from './order-basics.ts';

/** The statuses that have an event. An order passes the others within one commit. */
const REPORTED: ReadonlySet<OrderStatus> = new Set(['queued', 'completed', 'cancelled', 'expired', 'failed']);
const NO_FEES = '0.00';

/** Returns the events that an order must have, each as one text of all its data. */
export function expectedChanges({ entity, attributes }: StoredOf<'order'>, keptSince: IsoTime): string[] {
  // Orders without this field are of a version that had no events.
  if (!('held_amount' in attributes)) return [];
  return entity.history
    .filter(({ status, at }) => REPORTED.has(status) && at >= keptSince)
    .map(({ status, at }) => eventText(entity.username, at, asItWas(entity, status)));
}

/** Returns the text of an event about an order. Undefined for other events, and for events that may be deleted. */
export function reportedChange(
  { username, occurred_at, data }: LiveEvent,
  keptSince: IsoTime,
): string | undefined {
  return data.order && occurred_at >= keptSince ? eventText(username, occurred_at, data.order) : undefined;
}

/** Compares an order, if there is one, with the events about it. */
export function checkOrderEvents(
  order: StoredOf<'order'> | undefined,
  events: readonly StoredOf<'event'>[],
  keptSince: IsoTime,
): Violation[] {
  const due = order ? expectedChanges(order, keptSince) : [];
  const reported = events
    .map(({ entity }) => reportedChange(entity, keptSince))
    .filter((text) => text !== undefined);
  const missing = withoutOnce(due, reported);
  const surplus = withoutOnce(reported, due);
  if (missing.length === 0 && surplus.length === 0) return [];
  const keys = [...(order ? [order.key] : []), ...events.map(({ key }) => key)];
  const list = (texts: readonly string[]) => texts.join('; ') || 'none';
  return [violation('event-order', keys, `Missing: ${list(missing)}. Surplus: ${list(surplus)}.`)];
}

/** An order as an event reports it, of any store: an amount may have more digits than one of USD. */
type ReportedOrder = z.input<typeof liveEventDataSchema.shape.order> & object;

/** Returns an order as it was when it took a status: while it was open, it had no fill. */
function asItWas(order: OrderDocument, status: OrderStatus): ReportedOrder {
  if (status !== 'queued') return order;
  const total = unfilledTotal(order);
  return {
    ...order,
    status,
    executed_price: null,
    total_amount: total ? showUsd(total) : null,
    fees: NO_FEES,
  };
}

function eventText(username: Username, at: IsoTime, order: ReportedOrder): string {
  const { status, client_order_id, asset_id, order_type, quantity } = order;
  const { executed_price, total_amount, fees } = order;
  const what = [status, at, username, client_order_id, asset_id, order_type, quantity];
  return [...what, executed_price, total_amount, fees].map((value) => value ?? '-').join(' ');
}

/** Returns the first list without the texts of the second; each of them removes one. */
function withoutOnce(texts: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return texts.filter((text) => {
    const position = left.indexOf(text);
    if (position !== -1) left.splice(position, 1);
    return position === -1;
  });
}
