import type { Order, OrderStatus } from '@cnop/common/entities/order/order';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import { waitingTotal } from './order-sides.ts';
import { showUsd } from './show-usd.ts';

/** The statuses that an order's owner is told of; the others it passes within one commit. */
const TOLD: ReadonlySet<OrderStatus> = new Set(['queued', 'completed', 'cancelled', 'expired', 'failed']);
const NO_FEES = '0.00';

/** The events that an order must have, each as one text of everything that it must tell. */
export function eventsDue({ entity, attributes }: StoredOf<'order'>, keptSince: string): string[] {
  // An order that knows no price of its execution was written before there were events.
  if (!('executed_price' in attributes)) return [];
  return entity.history
    .filter(({ status, at }) => TOLD.has(status) && at >= keptSince)
    .map(({ status, at }) => eventText(entity.username, at, asItWas(entity, status)));
}

/** What an event tells of an order, in the same words; nothing when it is about something else, or may be deleted. */
export function eventTold({ username, occurred_at, data }: LiveEvent, keptSince: string): string | undefined {
  return data.order && occurred_at >= keptSince ? eventText(username, occurred_at, data.order) : undefined;
}

/** One order, if it is there, and the events that tell of it. */
export function checkOrderEvents(
  order: StoredOf<'order'> | undefined,
  events: readonly StoredOf<'event'>[],
  keptSince: string,
): Violation[] {
  const due = order ? eventsDue(order, keptSince) : [];
  const told = events.map(({ entity }) => eventTold(entity, keptSince)).filter((text) => text !== undefined);
  const missing = withoutOnce(due, told);
  const surplus = withoutOnce(told, due);
  if (missing.length === 0 && surplus.length === 0) return [];
  const keys = [...(order ? [order.key] : []), ...events.map(({ key }) => key)];
  const list = (texts: readonly string[]) => texts.join('; ') || 'nothing else';
  return [violation('event-order', keys, `Due is ${list(missing)}. Told is ${list(surplus)}.`)];
}

/** An order as it was when it came to a status: what only its end brought was not there while it waited. */
function asItWas(order: Order, status: OrderStatus): NonNullable<LiveEvent['data']['order']> {
  if (status !== 'queued') return order;
  const total = waitingTotal(order);
  return {
    ...order,
    status,
    executed_price: null,
    total_amount: total ? showUsd(total) : null,
    fees: NO_FEES,
  };
}

function eventText(username: string, at: string, order: NonNullable<LiveEvent['data']['order']>): string {
  const { status, client_order_id, asset_id, order_type, quantity } = order;
  const { executed_price, total_amount, fees } = order;
  const what = [status, at, username, client_order_id, asset_id, order_type, quantity];
  return [...what, executed_price, total_amount, fees].map((value) => value ?? '-').join(' ');
}

/** What is left of the first list when each text of the second takes one of its kind away. */
function withoutOnce(texts: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return texts.filter((text) => {
    const position = left.indexOf(text);
    if (position !== -1) left.splice(position, 1);
    return position === -1;
  });
}
