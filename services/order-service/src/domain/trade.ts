import type { Decimal } from '@cnop/common/core/money';
import { formatDecimal, formatUsd } from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { Balance } from '@cnop/common/entities/user/balance';
import { postToLedger } from '@cnop/common/entities/user/balance-rules';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import type { Funds } from '@cnop/common/trading/end-order';
import type { Side } from '@cnop/common/trading/order-sides';
import { addToHolding, takeFromHolding } from './holding.ts';
import type { Settlement } from './settlement.ts';
import { settle } from './settlement.ts';

/** The trade that is to be booked. */
export interface TradeTerms {
  readonly username: string;
  readonly orderId: string;
  readonly assetId: string;
  readonly side: Side;
  readonly quantity: Decimal;
  /** USD per unit. */
  readonly price: string;
  readonly feeBps: number;
  /** Whether the trade may bring less than a cent. */
  readonly maySettleToNothing?: boolean;
  readonly tradeId: string;
  readonly at: string;
}

/** The funds after a trade, and the ledger entries that explain them. */
export interface Trade {
  readonly settlement: Settlement;
  readonly balance: Balance;
  readonly holding: StoredAssetBalance;
  /** Absent when no cent moves. */
  readonly balanceTransaction: BalanceTransaction | undefined;
  readonly assetTransaction: AssetTransaction;
}

/**
 * Posts one trade against the house, which is the counterparty of every trade.
 * @throws InsufficientBalanceError (422 BUS_001), OrderRefusedError (422 BUS_002)
 */
export function bookTrade(terms: TradeTerms, funds: Funds): Trade {
  const { username, orderId, assetId, side, quantity, price, tradeId, at } = terms;
  const settlement = settle(side, terms);
  const change = { username, assetId, quantity, cash: settlement.cash, at };
  const { holding, realized } =
    side === 'buy'
      ? { holding: addToHolding(funds.holding, change), realized: null }
      : takeFromHolding(funds.holding, change);
  const units = formatDecimal(quantity);
  const posted = settlement.cash.gt('0')
    ? postToLedger(funds.balance, {
        type: 'order_payment',
        direction: side === 'buy' ? 'debit' : 'credit',
        amount: settlement.cash,
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
      price,
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
