import type { ItemKey } from '@cnop/common/database/table-store';
import type { Order, OrderStatus } from '@cnop/common/entities/order/order';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import { hasWaited, isMarketOrder, isOpen } from './order-sides.ts';

/**
 * Which status may follow which. The order service has the same table. It is stated again on purpose: an auditor that
 * borrows the platform's own rules repeats their mistakes.
 */
const MAY_FOLLOW: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['confirmed', 'failed', 'cancelled'],
  confirmed: ['queued', 'processing', 'cancelled'],
  queued: ['processing', 'cancelled', 'expired', 'failed'],
  processing: ['completed', 'failed'],
  completed: [],
  cancelled: [],
  failed: [],
  expired: [],
};

/** What an order went through. */
export function checkOrderLife({ key, entity }: StoredOf<'order'>): Violation[] {
  return [
    ...checkHistory(key, entity),
    ...checkTimes(key, entity),
    ...checkState(key, entity),
    ...checkExpiry(key, entity),
  ];
}

function checkHistory(key: ItemKey, order: Order): Violation[] {
  const steps = order.history.map(({ status }) => status);
  const wrongStep = steps.findIndex((status, position) => {
    const before = steps[position - 1];
    return before === undefined ? status !== 'pending' : !MAY_FOLLOW[before].includes(status);
  });
  if (wrongStep !== -1 || steps.at(-1) !== order.status) {
    const text = `The order is ${order.status}, its history ${steps.join(', ') || 'empty'}.`;
    return [violation('order-history', [key], text)];
  }
  return [];
}

function checkTimes(key: ItemKey, order: Order): Violation[] {
  // All are RFC 3339 in UTC with milliseconds, so their order as text is their order in time.
  const times = [order.created_at, ...order.history.map(({ at }) => at), order.updated_at];
  const backwards = times.find((at, position) => at < (times[position - 1] ?? at));
  const outcomes = [order.executed_at, order.cancelled_at].filter((at) => at !== null);
  const outside = outcomes.find((at) => at < order.created_at || at > order.updated_at);
  const wrong = backwards ?? outside;
  return wrong === undefined ? [] : [violation('order-times', [key], `${wrong} is out of order.`)];
}

function checkState(key: ItemKey, order: Order): Violation[] {
  const { status, executed_at, executed_price, cancelled_at, order_type } = order;
  const texts: string[] = [];
  const isCompleted = status === 'completed';
  if (isCompleted !== (executed_at !== null) || isCompleted !== (executed_price !== null)) {
    texts.push(
      `It is ${status}, executed at ${executed_at ?? 'no time'} for ${executed_price ?? 'no price'}.`,
    );
  }
  if ((status === 'cancelled') !== (cancelled_at !== null)) {
    texts.push(`It is ${status}, cancelled at ${cancelled_at ?? 'no time'}.`);
  }
  // An order is accepted in one commit and ended in another: no commit leaves it in between.
  if (isOpen(status) && status !== 'queued') texts.push(`It was left ${status}.`);
  if (isMarketOrder(order_type) && hasWaited(order)) texts.push(`A ${order_type} waited.`);
  return texts.length === 0 ? [] : [violation('order-state', [key], texts.join(' '))];
}

/** When both happen at the same instant, the order expires. */
function checkExpiry(key: ItemKey, order: Order): Violation[] {
  const { expires_at, created_at, executed_at, status, updated_at } = order;
  if (expires_at === null) return [];
  const wrong = (text: string) => [
    violation('order-expiry', [key], `${text} Its time ended at ${expires_at}.`),
  ];
  if (expires_at <= created_at) return wrong(`It was accepted at ${created_at}.`);
  if (executed_at !== null && executed_at >= expires_at) return wrong(`It was executed at ${executed_at}.`);
  return status === 'expired' && updated_at < expires_at ? wrong(`It expired at ${updated_at}.`) : [];
}
