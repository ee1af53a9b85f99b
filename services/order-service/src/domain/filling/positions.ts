import type { Decimal } from '@cnop/common/core/money';
import {
  CURRENCY_SCALE,
  decimal,
  formatDecimal,
  formatUsd,
  isStorable,
  MAX_SCALE,
  roundDown,
  ZERO,
} from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Balance } from '@cnop/common/entities/user/balance';
import { postToLedger } from '@cnop/common/entities/user/balance-rules';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { nextEvent } from '@cnop/common/entities/user/live-event';
import type { Funds, Units } from '@cnop/common/trading/holds';
import { assertUnitsAvailable } from '@cnop/common/trading/holds';
import { OrderRefusedError, settle } from '@cnop/common/trading/settlement';

/** Units that enter or leave a position. */
export interface PositionChange extends Units {
  readonly username: string;
  /** The USD that a buy cost, fees included, or that a sale brought, less fees. */
  readonly cash: Decimal;
  readonly at: string;
}

/** A position after a sale, and its realized gain or loss. */
export interface Sale {
  readonly holding: StoredAssetBalance;
  /** USD, negative for a loss. */
  readonly realized: Decimal;
}

const NOTHING_HELD = '0';
const NOTHING_REALIZED = '0.00';

/**
 * Returns the position after a buy: cost adds up, and the average price follows.
 * @throws OrderRefusedError (422 BUS_002) when quantity or cost would have more digits than can be stored
 */
export function addToPosition(
  holding: StoredAssetBalance | undefined,
  change: PositionChange,
): StoredAssetBalance {
  const quantity = change.quantity.plus(holding?.quantity ?? ZERO);
  const invested = change.cash.plus(holding?.total_invested ?? ZERO);
  if (!isStorable(quantity) || !isStorable(invested)) {
    throw new OrderRefusedError('The holding would become larger than the platform can hold.', 'quantity');
  }
  return {
    username: change.username,
    asset_id: change.assetId,
    quantity: formatDecimal(quantity),
    held_quantity: holding?.held_quantity ?? NOTHING_HELD,
    average_purchase_price: formatDecimal(averagePrice(invested, quantity)),
    total_invested: formatUsd(invested),
    realized_pnl: holding?.realized_pnl ?? NOTHING_REALIZED,
    created_at: holding?.created_at ?? change.at,
    updated_at: change.at,
    last_transaction: change.at,
  };
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
      quantity: formatDecimal(remaining),
      total_invested: formatUsd(invested),
      realized_pnl: formatUsd(realizedInAll),
      updated_at: change.at,
      last_transaction: change.at,
    },
  };
}

/** Only shown: no money moves by it. A position always cost a cent or more, so it is never zero. */
function averagePrice(invested: Decimal, quantity: Decimal): Decimal {
  return roundDown(invested.div(quantity), MAX_SCALE);
}

/** Everything that the settlement of one position changes, in one commit. */
export interface SettledPosition {
  readonly balance: Balance;
  readonly holding: StoredAssetBalance;
  /** Absent when the position is worth less than a cent. */
  readonly balanceTransaction: BalanceTransaction | undefined;
  readonly assetTransaction: AssetTransaction;
  readonly event: LiveEvent;
}

/**
 * Settles a position in a delisted asset: all of its units against cash, at the published price and without a fee.
 * @returns undefined when there is nothing to settle, or an open order still holds units
 * @see docs/reference/assets.md
 */
export function settlePosition(
  asset: Asset,
  { balance, holding }: Funds,
  { tradeId, eventId, at }: { readonly tradeId: string; readonly eventId: string; readonly at: string },
): SettledPosition | undefined {
  const { status, settlement_price: price, asset_id: assetId } = asset;
  if (status !== 'delisted' || price === null || !holding) return undefined;
  const quantity = decimal(holding.quantity);
  if (!quantity.gt('0') || decimal(holding.held_quantity).gt('0')) return undefined;
  const { username, quantity: units } = holding;
  const { total, cash } = settle('sell', { quantity, price, feeBps: 0, maySettleToNothing: true });
  const sale = takeFromPosition(holding, { assetId, quantity, cash, at });
  const posted = cash.gt('0')
    ? postToLedger(balance, {
        type: 'settlement',
        direction: 'credit',
        amount: cash,
        description: `Settled ${units} ${assetId} at ${price}`,
        referenceId: tradeId,
        at,
        id: tradeId,
      })
    : undefined;
  const next = nextEvent(posted?.balance ?? balance, {
    type: 'holding.changed',
    id: eventId,
    at,
    holding: sale.holding,
  });
  return {
    balance: next.balance,
    holding: sale.holding,
    balanceTransaction: posted?.transaction,
    assetTransaction: {
      transaction_id: tradeId,
      username,
      asset_id: assetId,
      transaction_type: 'settlement',
      quantity: units,
      price,
      total_amount: formatUsd(total),
      order_id: null,
      status: 'completed',
      fees: formatUsd(total.minus(cash)),
      description: null,
      realized_pnl: formatUsd(sale.realized),
      timestamp: at,
      created_at: at,
      updated_at: at,
    },
    event: next.event,
  };
}
