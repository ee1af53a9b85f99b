import type { OrderId } from '@cnop/common/core/brands';
import { decimal, formatUsd, ZERO } from '@cnop/common/core/money';
import { orderRecord } from '@cnop/common/dao/order/order-dao';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import type { StoredOf } from '../stored-kinds.ts';
import type { Rule, Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import type { AssetScales } from './items.ts';
import { amountDue, cashMoved, isBuy, movesNoCash, showUsd } from './order-basics.ts';
import { checkTradeLegs, isRefundType, movesWithoutCash } from './two-sides.ts';

/** The items about one order id. */
export interface TradeParts {
  readonly orderId: OrderId;
  readonly order: StoredOf<'order'> | undefined;
  readonly payments: readonly StoredOf<'ledger entry'>[];
  readonly trades: readonly StoredOf<'asset transaction'>[];
}

/** Checks that a filled order has exactly one payment and one asset transaction, and that they agree. */
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
    ...checkTradeLegs(trades, payments),
  ];
}

/** The types of which the total is rounded up: what a user pays, and what counts against a limit. */
const ROUNDED_UP: ReadonlySet<AssetTransaction['transaction_type']> = new Set(['buy', 'transfer']);

/** Checks total and status of an asset transaction. */
export function checkTradeAmount({ key, entity }: StoredOf<'asset transaction'>): Violation[] {
  const { transaction_type: type, quantity, price, total_amount, status } = entity;
  if (isRefundType(entity)) return checkStatus(key, status);
  const due = amountDue(ROUNDED_UP.has(type) ? 'buy' : 'sell', quantity, price);
  if (!decimal(total_amount).eq(due)) {
    const text = `${quantity} x ${price} makes ${formatUsd(due)} for a ${type}, not ${total_amount}.`;
    return [violation('trade-amount', [key], text)];
  }
  return checkStatus(key, status);
}

function checkStatus(key: ItemKey, status: AssetTransaction['status']): Violation[] {
  return status === 'completed' ? [] : [violation('trade-amount', [key], `Its status is ${status}.`)];
}

/** Checks that exactly one item was found, and that it does not differ from what is due. */
export function exactlyOne<Entity>(
  rule: Rule,
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

function paymentDifference(order: OrderDocument, payment: BalanceTransaction): string | undefined {
  const direction = isBuy(order.order_type) ? 'debit' : 'credit';
  if (payment.username !== order.username)
    return `${payment.username} paid for an order of ${order.username}.`;
  if (payment.direction !== direction)
    return `The payment of a ${order.order_type} is a ${payment.direction}.`;
  const { order_type, total_amount, fees } = order;
  const due = cashMoved(order_type, total_amount === null ? ZERO : decimal(total_amount), fees);
  if (due.eq(payment.amount)) return undefined;
  return `With fees the order is ${showUsd(due)}, but the payment ${payment.amount}.`;
}

function tradeDifference(order: OrderDocument, trade: AssetTransaction): string | undefined {
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

/** Checks that a movement of units without cash has a direction and a cost, and nothing that only a trade has. */
export function checkUnitMovement({ key, entity }: StoredOf<'asset transaction'>): Violation[] {
  const { transaction_type: type, direction, cost, order_id, fees, realized_pnl } = entity;
  const wrong = (text: string) => [violation('unit-movement', [key], text)];
  if (!movesWithoutCash(entity)) {
    return direction === undefined && cost === undefined ? [] : wrong(`A ${type} has a direction or a cost.`);
  }
  if (direction === undefined || cost === undefined)
    return wrong(`A ${type} lacks its direction or its cost.`);
  const isGift = type !== 'transfer';
  if (isGift && (direction === 'out' || !decimal(cost).eq('0')))
    return wrong(`A ${type} comes in without a cost, but this one goes ${direction} with ${cost}.`);
  if (order_id === null && fees === null && realized_pnl === null) return [];
  return wrong(`A ${type} has an order, a fee or a profit.`);
}

/** Checks that a settlement has no order and no fees, and is at the published price of its delisted asset. */
export function checkSettlement(
  { key, entity }: StoredOf<'asset transaction'>,
  asset: AssetScales | undefined,
): Violation[] {
  const { transaction_type, order_id, price, fees, asset_id } = entity;
  const wrong = (text: string) => [violation('trade-settlement', [key], text)];
  if (movesWithoutCash(entity)) return [];
  if (transaction_type !== 'settlement') {
    return order_id === null ? wrong(`A ${transaction_type} belongs to no order.`) : [];
  }
  if (order_id !== null) return wrong(`A settlement belongs to the order ${order_id}.`);
  if (fees !== null && !decimal(fees).eq('0')) return wrong(`A settlement has fees of ${fees}.`);
  // `asset-scale` reports a missing asset.
  if (!asset) return [];
  if (asset.status !== 'delisted') return wrong(`${asset_id} is ${asset.status}, but was settled.`);
  if (asset.settlement_price !== null && decimal(asset.settlement_price).eq(price)) return [];
  return wrong(`It was settled at ${price}, but ${asset.settlement_price ?? 'no price'} is published.`);
}

/** Checks that no position is left in an asset that is settled. */
export function checkSettledPosition(
  { key, entity }: StoredOf<'holding'>,
  asset: AssetScales | undefined,
): Violation[] {
  if (!asset || asset.settled_at === null || decimal(entity.quantity).eq('0')) return [];
  const text = `All positions were settled at ${asset.settled_at}, but ${entity.quantity} is left.`;
  return [violation('trade-settlement', [key], text)];
}

/** Checks that a settlement has exactly one ledger entry, of its amount. */
export function checkSettlementPayment(
  trades: readonly StoredOf<'asset transaction'>[],
  payments: readonly StoredOf<'ledger entry'>[],
): Violation[] {
  const [trade] = trades;
  const [payment] = payments;
  const keys = [...trades, ...payments].map(({ key }) => key);
  if (!trade || !payment || trades.length + payments.length > 2) {
    const text = `There are ${trades.length} settlements with ${payments.length} payments instead of one with one.`;
    return [violation('trade-settlement', keys, text)];
  }
  const isEqual =
    trade.entity.username === payment.entity.username &&
    payment.entity.direction === 'credit' &&
    decimal(trade.entity.total_amount).eq(payment.entity.amount);
  if (isEqual) return checkTradeLegs(trades, payments);
  const text = `The settlement is ${trade.entity.total_amount}, but ${payment.entity.amount} was paid.`;
  return [violation('trade-settlement', keys, text)];
}
