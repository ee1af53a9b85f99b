import type { EventId, IsoTime, TransactionId } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import {
  CURRENCY_SCALE,
  decimal,
  formatPrice,
  formatQuantity,
  formatUsd,
  MAX_SCALE,
  roundDown,
  roundUp,
  ZERO,
} from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { OrderIn } from '@cnop/common/entities/order/order';
import { sideOf } from '@cnop/common/entities/order/order';
import type { Balance } from '@cnop/common/entities/user/balance';
import { houseAsset, postToLedger } from '@cnop/common/entities/user/balance-rules';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { nextEvent } from '@cnop/common/entities/user/live-event';
import type { Funds } from '@cnop/common/trading/holds';
import { assertUnitsAvailable } from '@cnop/common/trading/holds';
import { addToPosition, houseLegs } from '@cnop/common/trading/settlement';
import { StateConflictError, ValidationError } from '@cnop/exception/errors';

/** A filled order with its trade, its asset, and the units to refund. */
export interface RefundTerms {
  readonly order: OrderIn<'completed'>;
  readonly trade: AssetTransaction;
  readonly asset: Pick<Asset, 'status' | 'quantity_scale'>;
  readonly quantity: Decimal;
  readonly reason: string;
}

/** The ids and the time of a refund. Made before the decision, which may run more than once. */
export interface RefundContext {
  readonly refundId: TransactionId;
  readonly eventId: EventId;
  readonly at: IsoTime;
}

/** Everything that one refund changes, in one commit. */
export interface RefundedOrder {
  readonly order: OrderIn<'completed'>;
  readonly balance: Balance;
  readonly holding: StoredAssetBalance;
  readonly balanceTransaction: BalanceTransaction;
  readonly assetTransaction: AssetTransaction;
  readonly event: LiveEvent;
}

/** The USD that a refund moves. */
interface RefundAmounts {
  readonly total: Decimal;
  readonly fees: Decimal;
  /** Reaches the account of a buyer (total plus fees), or leaves that of a seller (total less fees). */
  readonly cash: Decimal;
}

/**
 * Reverses the trade of a filled order, or the share of it that belongs to a part of its units: at the price of the trade,
 * with its fee, against the accounts that it moved. A buyer gives the units back and gets the cash; a seller the reverse.
 * @throws StateConflictError (409) when the order was refunded before, or cannot be
 * @throws ValidationError (422) for a quantity that the order does not have
 * @throws InsufficientBalanceError (422) when the account has not enough available units, or cash
 * @see docs/reference/refunds.md
 */
export function refundOrder(terms: RefundTerms, funds: Funds, context: RefundContext): RefundedOrder {
  const { order, trade, quantity, reason } = terms;
  const mid = assertRefundable(terms);
  const { refundId, eventId, at } = context;
  const side = sideOf(order.order_type);
  const amounts = amountsOf(terms);
  const { total, fees, cash } = amounts;
  if (!cash.gt('0')) throw new StateConflictError('This refund would move less than a cent.');
  const { username, asset_id: assetId, order_id: orderId, fill } = order;
  const units = formatQuantity(quantity);
  const legs = houseLegs(side, { total, fees }, { assetId, quantity, price: fill.price, mid });
  const position =
    side === 'buy' ? takeBack(terms, funds, { cash, at }) : giveBack(terms, funds, { cash, at });
  const posted = postToLedger(funds.balance, {
    type: 'order_refund',
    direction: side === 'buy' ? 'credit' : 'debit',
    amount: cash,
    counterpart: legs.map(({ account, amount }) => ({ account, amount: amount.neg() })),
    description: `Refunded ${side === 'buy' ? 'the purchase' : 'the sale'} of ${units} ${assetId}`,
    referenceId: orderId,
    at,
    id: refundId,
  });
  const { holding, realized } = position;
  const { balance, event } = nextEvent(posted.balance, {
    type: 'holding.changed',
    id: eventId,
    at,
    holding,
    cause: 'refund',
  });
  const refund = {
    refund_id: refundId,
    refunded_at: at,
    quantity: units,
    total_amount: formatUsd(total),
    fees: formatUsd(fees),
    reason,
  };
  return {
    order: { ...order, refund, updated_at: at },
    balance,
    holding,
    balanceTransaction: posted.transaction,
    assetTransaction: {
      transaction_id: refundId,
      username,
      asset_id: assetId,
      transaction_type: side === 'buy' ? 'buy_refund' : 'sell_refund',
      quantity: units,
      counterpart: houseAsset(assetId),
      price: trade.price,
      mid_price: trade.mid_price,
      total_amount: refund.total_amount,
      order_id: orderId,
      status: 'completed',
      fees: refund.fees,
      description: reason,
      realized_pnl: formatUsd(realized),
      timestamp: at,
      created_at: at,
      updated_at: at,
    },
    event,
  };
}

/**
 * Returns the mid price of a trade that may be refunded.
 * @throws StateConflictError (409), ValidationError (422)
 */
function assertRefundable({ order, trade, asset, quantity }: RefundTerms) {
  if (order.refund) throw new StateConflictError('The order is refunded already.');
  const isSale = sideOf(order.order_type) === 'sell';
  if (trade.mid_price === null || (isSale && trade.realized_pnl === null))
    throw new StateConflictError(
      'The trade is of an earlier version, which did not store what a refund needs.',
    );
  if (isSale && asset.status === 'delisted')
    throw new StateConflictError(`${order.asset_id} is delisted: its units cannot be given back.`);
  if (quantity.gt(order.quantity))
    throw ValidationError.ofField('quantity', `The order has ${order.quantity} units.`, 'too_big');
  if (!quantity.fits(asset.quantity_scale))
    throw ValidationError.ofField(
      'quantity',
      `At most ${asset.quantity_scale} digits after the point.`,
      'too_precise',
    );
  return trade.mid_price;
}

/** Computes the share of the trade's cash that belongs to the units: a debit is rounded up to cents, a credit down. */
function amountsOf({ order, quantity }: RefundTerms): RefundAmounts {
  const { total, fees } = order.fill;
  const isBuy = sideOf(order.order_type) === 'buy';
  const exact = shareOf(decimal(total), quantity, order.quantity);
  const shareOfTotal = isBuy ? roundDown(exact, CURRENCY_SCALE) : roundUp(exact, CURRENCY_SCALE);
  const shareOfFees = roundDown(shareOf(decimal(fees), quantity, order.quantity), CURRENCY_SCALE);
  return {
    total: shareOfTotal,
    fees: shareOfFees,
    cash: isBuy ? shareOfTotal.plus(shareOfFees) : shareOfTotal.minus(shareOfFees),
  };
}

function shareOf(amount: Decimal, part: Decimal, whole: string): Decimal {
  return amount.times(part).div(whole);
}

interface CashAt {
  readonly cash: Decimal;
  readonly at: IsoTime;
}

interface Reversal {
  readonly holding: StoredAssetBalance;
  /** The change of the realised profit in USD. */
  readonly realized: Decimal;
}

/**
 * Takes the units of a buy out of the position, with the cost that they brought. Sales since then may have taken a part of
 * that cost away: what the cash exceeds the cost that is left is realised profit, and so is the reverse for the last units.
 * @throws InsufficientBalanceError (422) when fewer units are available
 */
function takeBack({ order, quantity }: RefundTerms, { holding }: Funds, { cash, at }: CashAt): Reversal {
  const present = assertUnitsAvailable(holding, { assetId: order.asset_id, quantity });
  const remaining = decimal(present.quantity).minus(quantity);
  const invested = decimal(present.total_invested);
  const isEmpty = remaining.eq(ZERO);
  const cost = isEmpty || cash.gt(invested) ? invested : cash;
  const left = invested.minus(cost);
  const realized = cash.minus(cost);
  const average = isEmpty
    ? present.average_purchase_price
    : formatPrice(roundDown(left.div(remaining), MAX_SCALE));
  return {
    realized,
    holding: {
      ...present,
      quantity: formatQuantity(remaining),
      average_purchase_price: average,
      total_invested: formatUsd(left),
      realized_pnl: formatUsd(realized.plus(present.realized_pnl)),
      updated_at: at,
      last_transaction: at,
    },
  };
}

/** Puts the units of a sale back into the position, with the cost that they had, and takes the profit of the sale back. */
function giveBack(
  { order, trade, quantity }: RefundTerms,
  { holding }: Funds,
  { cash, at }: CashAt,
): Reversal {
  const proceeds = decimal(order.fill.total).minus(order.fill.fees);
  const costOfSale = proceeds.minus(trade.realized_pnl ?? ZERO);
  const cost = roundDown(shareOf(costOfSale, quantity, order.quantity), CURRENCY_SCALE);
  const { username, asset_id: assetId } = order;
  const after = addToPosition(holding, { username, assetId, quantity, cash: cost, at });
  const realized = cost.minus(cash);
  return {
    realized,
    holding: { ...after, realized_pnl: formatUsd(realized.plus(after.realized_pnl)) },
  };
}
