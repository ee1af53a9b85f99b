import type { Decimal } from '@cnop/common/core/money';
import { CURRENCY_SCALE, decimal, roundDown, roundUp } from '@cnop/common/core/money';
import { orderRecord } from '@cnop/common/dao/order/order-dao';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { OrderDocument, OrderRefund } from '@cnop/common/entities/order/order-document';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import { cashMoved, isBuy, showUsd } from './order-basics.ts';
import type { TradeParts } from './trades.ts';
import { exactlyOne } from './trades.ts';
import { checkTradeLegs } from './two-sides.ts';

/** Checks that a refund is of a filled order, of no more units than it has, and at its share of the trade. */
export function checkRefundTerms({ key, entity }: StoredOf<'order'>): Violation[] {
  const { refund, status, quantity, total_amount, fees, executed_at, order_type } = entity;
  if (!refund) return [];
  const wrong = (text: string) => [violation('refund-terms', [key], text)];
  if (status !== 'completed' || total_amount === null || executed_at === null)
    return wrong(`The order is ${status}, but it has a refund.`);
  if (refund.refunded_at < executed_at)
    return wrong(`It was refunded at ${refund.refunded_at} and filled at ${executed_at}.`);
  if (decimal(refund.quantity).gt(quantity)) return wrong(`${refund.quantity} of ${quantity} are refunded.`);
  const share = (amount: string): Decimal => decimal(amount).times(refund.quantity).div(quantity);
  const round = isBuy(order_type) ? roundDown : roundUp;
  const due = {
    total: round(share(total_amount), CURRENCY_SCALE),
    fees: roundDown(share(fees), CURRENCY_SCALE),
  };
  if (due.total.eq(refund.total_amount) && due.fees.eq(refund.fees)) return [];
  return wrong(
    `The share of ${refund.quantity} is ${showUsd(due.total)} and fees of ${showUsd(due.fees)}, ` +
      `not ${refund.total_amount} and ${refund.fees}.`,
  );
}

/** Checks that a refunded order has exactly one ledger entry and one asset transaction that reverse its trade. */
export function checkRefund({ orderId, order, payments, trades }: TradeParts): Violation[] {
  const refund = order?.entity.refund;
  if (!order || !refund) {
    const orphans = [...payments, ...trades].map(({ key }) => key);
    if (orphans.length === 0) return [];
    const keys = [...orphans, orderRecord.key({ order_id: orderId })];
    return [violation('refund-sides', keys, 'The order has no refund.')];
  }
  const { entity, key } = order;
  return [
    ...exactlyOne('refund-sides', key, payments, (payment) => paymentDifference(entity, refund, payment)),
    ...exactlyOne('refund-sides', key, trades, (trade) => tradeDifference(entity, refund, trade)),
    ...checkTradeLegs(trades, payments),
  ];
}

function paymentDifference(
  order: OrderDocument,
  { total_amount, fees }: OrderRefund,
  payment: BalanceTransaction,
): string | undefined {
  const direction = isBuy(order.order_type) ? 'credit' : 'debit';
  const due = cashMoved(order.order_type, decimal(total_amount), fees);
  if (payment.username === order.username && payment.direction === direction && due.eq(payment.amount))
    return undefined;
  return `A ${direction} of ${showUsd(due)} for ${order.username} is due, but there is a ${payment.direction} of ${payment.amount} for ${payment.username}.`;
}

function tradeDifference(
  order: OrderDocument,
  refund: OrderRefund,
  trade: AssetTransaction,
): string | undefined {
  const pairs = [
    ['username', order.username, trade.username],
    ['asset_id', order.asset_id, trade.asset_id],
    ['type', isBuy(order.order_type) ? 'buy_refund' : 'sell_refund', trade.transaction_type],
    ['quantity', refund.quantity, trade.quantity],
    ['price', order.executed_price, trade.price],
    ['total_amount', refund.total_amount, trade.total_amount],
    ['fees', refund.fees, trade.fees],
  ] as const;
  const unequal = pairs.find(([, due, found]) => due !== found);
  return (
    unequal && `${unequal[0]} is ${unequal[1] ?? 'missing'} in the order and ${unequal[2]} in the refund.`
  );
}
