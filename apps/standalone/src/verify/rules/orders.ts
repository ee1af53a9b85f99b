import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, ZERO } from '@cnop/common/core/money';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { OrderDocument, OrderStatus, OrderType } from '@cnop/common/entities/order/order-document';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import {
  amountDue,
  cashMoved,
  feeDue,
  isBuy,
  isLimitOrder,
  isMarketOrder,
  isOpen,
  showUsd,
  unfilledTotal,
  wasQueued,
} from './order-basics.ts';

/**
 * The allowed transitions of an order's status. The order service has the same table. It is stated again on purpose: an
 * audit that uses the services' own rules repeats their mistakes.
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

/** Checks history, times, state and expiry of an order. */
export function checkOrderLife({ key, entity }: StoredOf<'order'>): Violation[] {
  return [
    ...checkHistory(key, entity),
    ...checkTimes(key, entity),
    ...checkState(key, entity),
    ...checkExpiry(key, entity),
  ];
}

function checkHistory(key: ItemKey, order: OrderDocument): Violation[] {
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

function checkTimes(key: ItemKey, order: OrderDocument): Violation[] {
  // All are RFC 3339 in UTC with milliseconds, so their order as text is their order in time.
  const times = [order.created_at, ...order.history.map(({ at }) => at), order.updated_at];
  const backwards = times.find((at, position) => at < (times[position - 1] ?? at));
  const outcomes = [order.executed_at, order.cancelled_at].filter((at) => at !== null);
  const outside = outcomes.find((at) => at < order.created_at || at > order.updated_at);
  const wrong = backwards ?? outside;
  return wrong === undefined ? [] : [violation('order-times', [key], `${wrong} is out of order.`)];
}

function checkState(key: ItemKey, order: OrderDocument): Violation[] {
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
  // One commit accepts an order and another one ends it. No commit leaves it in between.
  if (isOpen(status) && status !== 'queued') texts.push(`It was left ${status}.`);
  if (isMarketOrder(order_type) && wasQueued(order)) texts.push(`A ${order_type} was open.`);
  return texts.length === 0 ? [] : [violation('order-state', [key], texts.join(' '))];
}

/** Checks the expiry. At the very instant of its expiry an order expires. */
function checkExpiry(key: ItemKey, order: OrderDocument): Violation[] {
  const { expires_at, created_at, executed_at, status, updated_at } = order;
  if (expires_at === null) return [];
  const wrong = (text: string) => [violation('order-expiry', [key], `${text} Its expiry is ${expires_at}.`)];
  if (expires_at <= created_at) return wrong(`It was accepted at ${created_at}.`);
  if (executed_at !== null && executed_at >= expires_at) return wrong(`It was filled at ${executed_at}.`);
  return status === 'expired' && updated_at < expires_at ? wrong(`It expired at ${updated_at}.`) : [];
}

type Field = 'price_bound' | 'stop_price' | 'trail_amount' | 'trail_percent' | 'expires_at';
const FIELDS: readonly Field[] = ['price_bound', 'stop_price', 'trail_amount', 'trail_percent', 'expires_at'];

/** The fields that each type must and may have. The price is checked apart, since every filled order has one. */
const TAKES: Readonly<
  Record<OrderType, { readonly must: readonly Field[]; readonly may: readonly Field[] }>
> = {
  market_buy: { must: [], may: ['price_bound'] },
  market_sell: { must: [], may: ['price_bound'] },
  limit_buy: { must: ['expires_at'], may: [] },
  limit_sell: { must: ['expires_at'], may: [] },
  stop_loss: { must: ['stop_price', 'expires_at'], may: ['price_bound'] },
  take_profit: { must: ['stop_price', 'expires_at'], may: ['price_bound'] },
  trailing_stop: { must: ['expires_at'], may: ['trail_amount', 'trail_percent', 'price_bound'] },
};
const WHOLE_PERCENT = '100';

/** Checks fields, amount, fees, hold and limit of an order. */
export function checkOrderTerms({ key, entity }: StoredOf<'order'>): Violation[] {
  return [
    ...checkFields(key, entity),
    ...checkAmount(key, entity),
    ...checkFees(key, entity),
    ...checkHeldAmount(key, entity),
    ...checkLimit(key, entity),
  ];
}

function checkFields(key: ItemKey, order: OrderDocument): Violation[] {
  const { order_type, price, executed_price, trail_amount, trail_percent } = order;
  const { must, may } = TAKES[order_type];
  const texts = [
    ...must.filter((field) => order[field] === null).map((field) => `A ${order_type} needs ${field}.`),
    ...FIELDS.filter((field) => order[field] !== null && ![...must, ...may].includes(field)).map(
      (field) => `A ${order_type} takes no ${field}.`,
    ),
  ];
  if (isLimitOrder(order_type) ? price === null : price !== executed_price) {
    texts.push(`The price of this ${order_type} is ${price ?? 'missing'}.`);
  }
  if (order_type === 'trailing_stop' && (trail_amount === null) === (trail_percent === null)) {
    texts.push('A trailing_stop has either a trail_amount or a trail_percent.');
  }
  if (trail_percent !== null && decimal(trail_percent).gte(WHOLE_PERCENT)) {
    texts.push(`It trails by ${trail_percent} percent.`);
  }
  return texts.length === 0 ? [] : [violation('order-fields', [key], texts.join(' '))];
}

function checkAmount(key: ItemKey, order: OrderDocument): Violation[] {
  const { quantity, order_type, executed_price, total_amount } = order;
  const due =
    executed_price === null
      ? unfilledTotal(order)
      : amountDue(isBuy(order_type) ? 'buy' : 'sell', quantity, executed_price);
  if (due === undefined ? total_amount === null : total_amount !== null && due.eq(total_amount)) return [];
  const price = executed_price ?? order.price;
  const text =
    due === undefined
      ? `It states a total of ${total_amount} before it is filled.`
      : `${quantity} x ${price} makes ${showUsd(due)}, not ${total_amount ?? 'nothing'}.`;
  return [violation('order-amount', [key], text)];
}

function checkFees(
  key: ItemKey,
  { executed_price, total_amount, fees, fee_bps }: OrderDocument,
): Violation[] {
  const due =
    executed_price === null || total_amount === null ? ZERO : feeDue(decimal(total_amount), fee_bps);
  if (due.eq(fees)) return [];
  return [violation('order-fees', [key], `Its fees are ${fees}, but ${showUsd(due)} is due.`)];
}

function checkHeldAmount(key: ItemKey, order: OrderDocument): Violation[] {
  const due = order.status === 'queued' ? holdDue(order) : ZERO;
  if (due.eq(order.held_amount)) return [];
  const text = `It is ${order.status} and holds ${order.held_amount}, but ${formatDecimal(due)} is due.`;
  return [violation('order-held', [key], text)];
}

/** Returns the hold of an open order: USD at its limit with the fee for a buy, units for a sale. */
function holdDue(order: OrderDocument): Decimal {
  const { order_type, quantity, fee_bps } = order;
  if (!isBuy(order_type)) return decimal(quantity);
  const total = unfilledTotal(order) ?? ZERO;
  return cashMoved(order_type, total, feeDue(total, fee_bps));
}

function checkLimit(key: ItemKey, order: OrderDocument): Violation[] {
  const { order_type, price, price_bound, executed_price } = order;
  const worst = isLimitOrder(order_type) ? price : price_bound;
  if (worst === null || executed_price === null) return [];
  const isWorse = isBuy(order_type) ? decimal(executed_price).gt(worst) : decimal(executed_price).lt(worst);
  return isWorse
    ? [violation('order-limit', [key], `It was filled at ${executed_price}, worse than ${worst}.`)]
    : [];
}
