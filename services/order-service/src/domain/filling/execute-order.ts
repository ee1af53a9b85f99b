import type {
  AssetId,
  EventId,
  IsoTime,
  OrderId,
  Price,
  TransactionId,
  Username,
} from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import {
  CURRENCY_SCALE,
  decimal,
  formatQuantity,
  formatUsd,
  isStorable,
  roundDown,
} from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { OrderIn, Side } from '@cnop/common/entities/order/order';
import { advance, priceFor, sideOf } from '@cnop/common/entities/order/order';
import type { Balance } from '@cnop/common/entities/user/balance';
import { houseAsset, postToLedger } from '@cnop/common/entities/user/balance-rules';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { nextEvent } from '@cnop/common/entities/user/live-event';
import type { Funds } from '@cnop/common/trading/holds';
import { assertUnitsAvailable } from '@cnop/common/trading/holds';
import type { PositionChange, Settlement } from '@cnop/common/trading/settlement';
import { addToPosition, houseLegs, OrderRefusedError, settle } from '@cnop/common/trading/settlement';

/** The ids and time of an execution. Made before the decision, which may run more than once. */
export interface ExecutionContext {
  readonly tradeId: TransactionId;
  readonly eventId: EventId;
  readonly at: IsoTime;
}

/** Everything that one execution changes, in one commit. */
export interface ExecutedOrder
  extends Pick<Trade, 'balance' | 'holding' | 'balanceTransaction' | 'assetTransaction'> {
  readonly order: OrderIn<'completed'>;
  readonly event: LiveEvent;
}

/**
 * Fills an order at the price of a quote.
 * @param funds without the hold of the order itself
 * @param maySettleToNothing whether a sale may bring less than a cent
 * @throws InsufficientBalanceError (422 BUS_001), OrderRefusedError (422 BUS_002)
 */
export function executeOrder(
  order: OrderIn<'processing'>,
  { tradeId, eventId, at }: ExecutionContext,
  {
    funds,
    quote,
    maySettleToNothing = false,
  }: { readonly funds: Funds; readonly quote: Quote; readonly maySettleToNothing?: boolean },
): ExecutedOrder {
  const side = sideOf(order.order_type);
  const price = priceFor(side, quote);
  const trade = bookTrade(
    {
      username: order.username,
      orderId: order.order_id,
      assetId: order.asset_id,
      side,
      quantity: decimal(order.quantity),
      price,
      mid: quote.mid,
      feeBps: order.fee_bps,
      maySettleToNothing,
      tradeId,
      at,
    },
    funds,
  );
  const { total, fees } = trade.settlement;
  const fill = { price, total: formatUsd(total), fees: formatUsd(fees), at };
  // V8 takes microseconds for a new member that follows a spread, so this one comes first.
  const completed = { fill, ...order, ...advance(order, 'completed', at) };
  const { holding, balanceTransaction, assetTransaction } = trade;
  const { balance, event } = nextEvent(trade.balance, {
    type: 'order.completed',
    id: eventId,
    at,
    order: completed,
    holding,
  });
  return { order: completed, balance, holding, balanceTransaction, assetTransaction, event };
}

/** The terms of a trade. */
export interface TradeTerms {
  readonly username: Username;
  readonly orderId: OrderId;
  readonly assetId: AssetId;
  readonly side: Side;
  readonly quantity: Decimal;
  /** USD per unit. */
  readonly price: Price;
  /** The mid price of the quote. */
  readonly mid: Price;
  readonly feeBps: number;
  /** The trade may bring less than a cent. */
  readonly maySettleToNothing?: boolean;
  readonly tradeId: TransactionId;
  readonly at: IsoTime;
}

/** The funds after a trade, and the entries that record it. */
export interface Trade {
  readonly settlement: Settlement;
  readonly balance: Balance;
  readonly holding: StoredAssetBalance;
  /** Absent when no cent moves. */
  readonly balanceTransaction: BalanceTransaction | undefined;
  readonly assetTransaction: AssetTransaction;
}

/**
 * Books one trade against the house, which is the counterparty of every trade.
 * @throws InsufficientBalanceError (422 BUS_001), OrderRefusedError (422 BUS_002)
 */
export function bookTrade(terms: TradeTerms, funds: Funds): Trade {
  const { username, orderId, assetId, side, quantity, price, mid, tradeId, at } = terms;
  const settlement = settle(side, terms);
  const change = { username, assetId, quantity, cash: settlement.cash, at };
  const { holding, realized } =
    side === 'buy'
      ? { holding: addToPosition(funds.holding, change), realized: null }
      : takeFromPosition(funds.holding, change);
  const units = formatQuantity(quantity);
  const posted = settlement.cash.gt('0')
    ? postToLedger(funds.balance, {
        type: 'order_payment',
        direction: side === 'buy' ? 'debit' : 'credit',
        amount: settlement.cash,
        counterpart: houseLegs(side, settlement, terms),
        description: `${side === 'buy' ? 'Bought' : 'Sold'} ${units} ${assetId}`,
        referenceId: orderId,
        at,
        id: tradeId,
      })
    : undefined;
  return {
    settlement,
    balance: posted?.balance ?? funds.balance,
    balanceTransaction: posted?.transaction,
    holding,
    assetTransaction: {
      transaction_id: tradeId,
      username,
      asset_id: assetId,
      transaction_type: side,
      quantity: units,
      counterpart: houseAsset(assetId),
      price,
      mid_price: mid,
      total_amount: formatUsd(settlement.total),
      order_id: orderId,
      status: 'completed',
      fees: formatUsd(settlement.fees),
      description: null,
      realized_pnl: realized && formatUsd(realized),
      timestamp: at,
      created_at: at,
      updated_at: at,
    },
  };
}

/** A position after a sale, and its realized gain or loss. */
interface Sale {
  readonly holding: StoredAssetBalance;
  /** USD, negative for a loss. */
  readonly realized: Decimal;
}

/**
 * Returns the position after a sale: the remaining units keep their share of the cost, and the proceeds less the other
 * share are the realized gain.
 * @throws InsufficientBalanceError (422 BUS_001) when less than the sold quantity is available
 * @throws OrderRefusedError (422 BUS_002) when the realized gains would have more digits than can be stored
 */
export function takeFromPosition(
  holding: StoredAssetBalance | undefined,
  change: Omit<PositionChange, 'username'>,
): Sale {
  const present = assertUnitsAvailable(holding, change);
  const before = decimal(present.quantity);
  const remaining = before.minus(change.quantity);
  const cost = decimal(present.total_invested);
  const invested = roundDown(cost.times(remaining).div(before), CURRENCY_SCALE);
  const realized = change.cash.minus(cost.minus(invested));
  const realizedInAll = realized.plus(present.realized_pnl);
  if (!isStorable(realizedInAll)) {
    throw new OrderRefusedError('The gains would become larger than the platform can hold.', 'quantity');
  }
  return {
    realized,
    holding: {
      ...present,
      quantity: formatQuantity(remaining),
      total_invested: formatUsd(invested),
      realized_pnl: formatUsd(realizedInAll),
      updated_at: change.at,
      last_transaction: change.at,
    },
  };
}
