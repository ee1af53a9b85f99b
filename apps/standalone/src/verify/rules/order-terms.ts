import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, ZERO } from '@cnop/common/core/money';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { Order, OrderType } from '@cnop/common/entities/order/order';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import { cashOf, feeOf, isBuy, isLimitOrder, settlementOf, waitingTotal } from './order-sides.ts';
import { showUsd } from './show-usd.ts';

type Field = 'price_bound' | 'stop_price' | 'trail_amount' | 'trail_percent' | 'expires_at';
const FIELDS: readonly Field[] = ['price_bound', 'stop_price', 'trail_amount', 'trail_percent', 'expires_at'];

/** What each type may have and what it must have, but for the price, which every order has once it is executed. */
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

/** What an order asks for, and what it moved, cost and reserved for that. */
export function checkOrderTerms({ key, entity }: StoredOf<'order'>): Violation[] {
  return [
    ...checkFields(key, entity),
    ...checkAmount(key, entity),
    ...checkFees(key, entity),
    ...checkHeldAmount(key, entity),
    ...checkLimit(key, entity),
  ];
}

function checkFields(key: ItemKey, order: Order): Violation[] {
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

function checkAmount(key: ItemKey, order: Order): Violation[] {
  const { quantity, order_type, executed_price, total_amount } = order;
  const due =
    executed_price === null
      ? waitingTotal(order)
      : settlementOf(isBuy(order_type) ? 'buy' : 'sell', quantity, executed_price);
  if (due === undefined ? total_amount === null : total_amount !== null && due.eq(total_amount)) return [];
  const price = executed_price ?? order.price;
  const text =
    due === undefined
      ? `It says ${total_amount}, but only its execution will tell.`
      : `${quantity} x ${price} makes ${showUsd(due)}, not ${total_amount ?? 'nothing'}.`;
  return [violation('order-amount', [key], text)];
}

function checkFees(key: ItemKey, { executed_price, total_amount, fees, fee_bps }: Order): Violation[] {
  const due = executed_price === null || total_amount === null ? ZERO : feeOf(decimal(total_amount), fee_bps);
  if (due.eq(fees)) return [];
  return [violation('order-fees', [key], `It cost ${fees}, but ${showUsd(due)} is due.`)];
}

function checkHeldAmount(key: ItemKey, order: Order): Violation[] {
  const due = order.status === 'queued' ? heldOf(order) : ZERO;
  if (due.eq(order.held_amount)) return [];
  const text = `It is ${order.status} and holds ${order.held_amount}, but ${formatDecimal(due)} is due.`;
  return [violation('order-held', [key], text)];
}

/** USD with the fee at the limit, the dearest that a buy can become; units for a sale. */
function heldOf(order: Order): Decimal {
  const { order_type, quantity, fee_bps } = order;
  if (!isBuy(order_type)) return decimal(quantity);
  const total = waitingTotal(order) ?? ZERO;
  return cashOf(order_type, total, feeOf(total, fee_bps));
}

function checkLimit(key: ItemKey, order: Order): Violation[] {
  const { order_type, price, price_bound, executed_price } = order;
  const worst = isLimitOrder(order_type) ? price : price_bound;
  if (worst === null || executed_price === null) return [];
  const isWorse = isBuy(order_type) ? decimal(executed_price).gt(worst) : decimal(executed_price).lt(worst);
  return isWorse
    ? [violation('order-limit', [key], `It was executed at ${executed_price}, worse than ${worst}.`)]
    : [];
}
