import { decimal, formatUsd, ZERO } from '@cnop/common/core/money';
import { orderRecord } from '@cnop/common/dao/order/order-dao';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { Order } from '@cnop/common/entities/order/order';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import { cashOf, isBuy, movesNoCash, settlementOf } from './order-sides.ts';
import { showUsd } from './show-usd.ts';

/** Everything that was stored about one order id. */
export interface TradeParts {
  readonly orderId: string;
  readonly order: StoredOf<'order'> | undefined;
  readonly payments: readonly StoredOf<'ledger entry'>[];
  readonly trades: readonly StoredOf<'asset transaction'>[];
}

/** A completed order, its payment and its asset transaction: one of each, and they agree. */
export function checkTrade({ orderId, order, payments, trades }: TradeParts): Violation[] {
  if (order?.entity.status !== 'completed') {
    const orphans = [...payments, ...trades].map(({ key }) => key);
    if (orphans.length === 0) return [];
    const text = order ? `The order is ${order.entity.status}.` : `There is no order "${orderId}".`;
    return [
      violation(
        'trade-order',
        [...orphans, ...(orderId ? [orderRecord.key({ order_id: orderId })] : [])],
        text,
      ),
    ];
  }
  return [
    ...(movesNoCash(order.entity) && payments.length === 0
      ? []
      : exactlyOne('trade-cash', order.key, payments, (payment) => paymentDifference(order.entity, payment))),
    ...exactlyOne('trade-asset', order.key, trades, (trade) => tradeDifference(order.entity, trade)),
  ];
}

/** An asset transaction by itself. */
export function checkTradeAmount({ key, entity }: StoredOf<'asset transaction'>): Violation[] {
  const { transaction_type: type, quantity, price, total_amount, status } = entity;
  if (type !== 'buy' && type !== 'sell' && type !== 'settlement')
    return [violation('trade-amount', [key], `A ${type} is not known here.`)];
  const due = settlementOf(type === 'buy' ? 'buy' : 'sell', quantity, price);
  if (!decimal(total_amount).eq(due)) {
    const text = `${quantity} x ${price} makes ${formatUsd(due)} for a ${type}, not ${total_amount}.`;
    return [violation('trade-amount', [key], text)];
  }
  return status === 'completed' ? [] : [violation('trade-amount', [key], `Its status is ${status}.`)];
}

function exactlyOne<Entity>(
  rule: 'trade-cash' | 'trade-asset',
  orderKey: ItemKey,
  found: readonly { readonly key: ItemKey; readonly entity: Entity }[],
  differenceOf: (entity: Entity) => string | undefined,
): Violation[] {
  const keys = [orderKey, ...found.map(({ key }) => key)];
  const [only] = found;
  if (!only || found.length > 1) return [violation(rule, keys, `There are ${found.length} instead of one.`)];
  const difference = differenceOf(only.entity);
  return difference === undefined ? [] : [violation(rule, keys, difference)];
}

function paymentDifference(order: Order, payment: BalanceTransaction): string | undefined {
  const direction = isBuy(order.order_type) ? 'debit' : 'credit';
  if (payment.username !== order.username)
    return `${payment.username} paid for an order of ${order.username}.`;
  if (payment.direction !== direction)
    return `The payment of a ${order.order_type} is a ${payment.direction}.`;
  const { order_type, total_amount, fees } = order;
  const due = cashOf(order_type, total_amount === null ? ZERO : decimal(total_amount), fees);
  if (due.eq(payment.amount)) return undefined;
  return `With its fees the order moved ${showUsd(due)}, the payment ${payment.amount}.`;
}

function tradeDifference(order: Order, trade: AssetTransaction): string | undefined {
  const type = isBuy(order.order_type) ? 'buy' : 'sell';
  if (trade.username !== order.username) return `${trade.username} traded for an order of ${order.username}.`;
  if (trade.asset_id !== order.asset_id)
    return `The order is for ${order.asset_id}, the trade in ${trade.asset_id}.`;
  if (trade.transaction_type !== type)
    return `The trade of a ${order.order_type} is a ${trade.transaction_type}.`;
  const pairs = [
    ['quantity', order.quantity, trade.quantity],
    ['price', order.executed_price, trade.price],
    ['total_amount', order.total_amount, trade.total_amount],
    ['fees', order.fees, trade.fees ?? '0'],
  ] as const;
  const unequal = pairs.find(([, ordered, traded]) => ordered === null || !decimal(ordered).eq(traded));
  return (
    unequal && `${unequal[0]} is ${unequal[1] ?? 'missing'} in the order and ${unequal[2]} in the trade.`
  );
}
