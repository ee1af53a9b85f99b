import type { Decimal } from '@cnop/common/core/money';
import {
  CURRENCY_SCALE,
  decimal,
  formatDecimal,
  formatUsd,
  roundDown,
  roundUp,
} from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { Order } from '@cnop/common/entities/order/order';
import type { Balance } from '@cnop/common/entities/user/balance';
import { postToLedger } from '@cnop/common/entities/user/balance-rules';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import { addToHolding, takeFromHolding } from './holding.ts';
import { OrderRefusedError } from './order-errors.ts';
import { advance } from './order-states.ts';
import type { MarketOrderTerms, Side } from './order-terms.ts';

/** What a trade is decided on. */
export interface Books {
  readonly balance: Balance;
  readonly holding: StoredAssetBalance | undefined;
}

/** Everything that one trade changes; it is written as one commit or not at all. */
export interface Trade {
  readonly order: Order;
  readonly balance: Balance;
  readonly balanceTransaction: BalanceTransaction;
  readonly holding: StoredAssetBalance;
  readonly assetTransaction: AssetTransaction;
}

/** Who trades and when: made before the decision, since the decision may run more than once. */
export interface TradeContext {
  readonly username: string;
  readonly orderId: string;
  readonly tradeId: string;
  readonly at: string;
}

const NO_FEES = '0.00';

/**
 * Executes a market order in one step: the house is the counterparty.
 * @throws InsufficientBalanceError (422 BUS_001), OrderRefusedError (422 BUS_002)
 */
export function executeMarketOrder(terms: MarketOrderTerms, context: TradeContext, books: Books): Trade {
  const { username, orderId, tradeId, at } = context;
  const { side, assetId } = terms;
  const quantity = decimal(terms.quantity);
  const total = settlementAmount(side, quantity, decimal(terms.price));
  const change = { username, assetId, quantity, total, at };
  const holding =
    side === 'buy' ? addToHolding(books.holding, change) : takeFromHolding(books.holding, change);
  const posted = postToLedger(books.balance, {
    type: 'order_payment',
    direction: side === 'buy' ? 'debit' : 'credit',
    amount: total,
    description: `${side === 'buy' ? 'Bought' : 'Sold'} ${formatDecimal(quantity)} ${assetId}`,
    referenceId: orderId,
    at,
    id: tradeId,
  });
  return {
    order: completedOrder(terms, context, total),
    balance: posted.balance,
    balanceTransaction: posted.transaction,
    holding,
    assetTransaction: {
      transaction_id: tradeId,
      username,
      asset_id: assetId,
      transaction_type: side,
      quantity: formatDecimal(quantity),
      price: terms.price,
      total_amount: formatUsd(total),
      order_id: orderId,
      status: 'completed',
      fees: NO_FEES,
      description: null,
      timestamp: at,
      created_at: at,
      updated_at: at,
    },
  };
}

/**
 * The cash that a trade moves: a debit rounded up to cents, a credit rounded down, so that nobody gains by
 * splitting orders.
 */
function settlementAmount(side: Side, quantity: Decimal, price: Decimal): Decimal {
  const exact = quantity.times(price);
  if (side === 'buy') return roundUp(exact, CURRENCY_SCALE);
  const credit = roundDown(exact, CURRENCY_SCALE);
  if (credit.eq('0')) throw new OrderRefusedError('This sale would bring less than one cent.');
  return credit;
}

/** The order after it walked its whole way in this one commit. */
function completedOrder(terms: MarketOrderTerms, context: TradeContext, total: Decimal): Order {
  const { at } = context;
  const pending: Order = {
    order_id: context.orderId,
    username: context.username,
    asset_id: terms.assetId,
    order_type: terms.orderType,
    status: 'pending',
    quantity: formatDecimal(decimal(terms.quantity)),
    price: terms.price,
    total_amount: formatUsd(total),
    fees: NO_FEES,
    description: terms.description,
    created_at: at,
    updated_at: at,
    executed_at: at,
    cancelled_at: null,
    expires_at: null,
    history: [{ status: 'pending', at, reason: null }],
  };
  return (['confirmed', 'processing', 'completed'] as const).reduce(
    (order, status) => advance(order, status, at),
    pending,
  );
}
