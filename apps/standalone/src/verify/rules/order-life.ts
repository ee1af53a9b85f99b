import { decimal, formatUsd } from '@cnop/common/core/money';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { Order, OrderStatus } from '@cnop/common/entities/order/order';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import { isBuy, isMarketOrder, isOpen, settlementOf } from './order-sides.ts';

/**
 * Which status may follow which. The order service has the same table. It is stated again on purpose: an auditor that
 * borrows the books' own rules repeats their mistakes.
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

/** What an order says by itself. */
export function checkOrder({ key, entity }: StoredOf<'order'>): Violation[] {
  return [
    ...checkHistory(key, entity),
    ...checkTimes(key, entity),
    ...checkState(key, entity),
    ...checkAmount(key, entity),
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

function checkState(key: ItemKey, { status, executed_at, cancelled_at, order_type }: Order): Violation[] {
  const found: string[] = [];
  if ((status === 'completed') !== (executed_at !== null)) {
    found.push(`It is ${status}, executed at ${executed_at ?? 'no time'}.`);
  }
  if ((status === 'cancelled') !== (cancelled_at !== null)) {
    found.push(`It is ${status}, cancelled at ${cancelled_at ?? 'no time'}.`);
  }
  if (isMarketOrder(order_type) && isOpen(status)) found.push(`A ${order_type} was left ${status}.`);
  return found.map((text) => violation('order-state', [key], text));
}

function checkAmount(key: ItemKey, order: Order): Violation[] {
  if (!isMarketOrder(order.order_type)) return [];
  const due = settlementOf(isBuy(order.order_type) ? 'buy' : 'sell', order.quantity, order.price);
  if (decimal(order.total_amount).eq(due)) return [];
  const text = `${order.quantity} x ${order.price} makes ${formatUsd(due)}, not ${order.total_amount}.`;
  return [violation('order-amount', [key], text)];
}
