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
import { InsufficientBalanceError } from '@cnop/common/entities/user/balance-rules';
import { OrderRefusedError } from './order-errors.ts';

/** Units of an asset that are reserved, released or sold. */
export interface UnitsChange {
  readonly assetId: string;
  readonly quantity: Decimal;
  readonly at: string;
}

export interface HoldingChange extends UnitsChange {
  readonly username: string;
  /** USD that a buy cost, fees included, or that a sale brought, less fees. */
  readonly cash: Decimal;
}

/** What a sale leaves, and the gain or loss that it made of what the units had cost. */
export interface Sale {
  readonly holding: StoredAssetBalance;
  /** USD, negative for a loss. */
  readonly realized: Decimal;
}

const NOTHING_HELD = '0';
const NOTHING_REALIZED = '0.00';

/**
 * The holding after a buy: cost adds up, the average follows.
 * @throws OrderRefusedError (422 BUS_002) when quantity or cost would have more digits than can be stored
 */
export function addToHolding(
  holding: StoredAssetBalance | undefined,
  change: HoldingChange,
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

/** What may be sold or reserved: the quantity less what open orders have reserved. */
export function availableUnits(holding: StoredAssetBalance | undefined): Decimal {
  return holding ? decimal(holding.quantity).minus(holding.held_quantity) : ZERO;
}

/**
 * The holding after a sale: what is left keeps its share of the cost, and what the sale brought is held against the
 * rest of it.
 * @throws InsufficientBalanceError (422 BUS_001) when less than what is sold is available
 * @throws OrderRefusedError (422 BUS_002) when gains or losses would add up to more digits than can be stored
 */
export function takeFromHolding(
  holding: StoredAssetBalance | undefined,
  change: Omit<HoldingChange, 'username'>,
): Sale {
  const owner = assertAvailable(holding, change);
  const before = decimal(owner.quantity);
  const remaining = before.minus(change.quantity);
  const cost = decimal(owner.total_invested);
  const invested = roundDown(cost.times(remaining).div(before), CURRENCY_SCALE);
  const realized = change.cash.minus(cost.minus(invested));
  const realizedInAll = realized.plus(owner.realized_pnl);
  if (!isStorable(realizedInAll)) {
    throw new OrderRefusedError('The gains would become larger than the platform can hold.', 'quantity');
  }
  return {
    realized,
    holding: {
      ...owner,
      quantity: formatDecimal(remaining),
      total_invested: formatUsd(invested),
      realized_pnl: formatUsd(realizedInAll),
      updated_at: change.at,
      last_transaction: change.at,
    },
  };
}

/**
 * The holding with more of it reserved for an order.
 * @throws InsufficientBalanceError (422 BUS_001) when less than that is available
 */
export function holdUnits(holding: StoredAssetBalance | undefined, change: UnitsChange): StoredAssetBalance {
  const owner = assertAvailable(holding, change);
  const held = decimal(owner.held_quantity).plus(change.quantity);
  return { ...owner, held_quantity: formatDecimal(held), updated_at: change.at };
}

/** @throws InsufficientBalanceError (422 BUS_001) */
export function assertAvailable(
  holding: StoredAssetBalance | undefined,
  change: Pick<UnitsChange, 'assetId' | 'quantity'>,
): StoredAssetBalance {
  const available = availableUnits(holding);
  if (holding && change.quantity.lte(available)) return holding;
  throw new InsufficientBalanceError(change.assetId, {
    available: formatDecimal(available),
    required: formatDecimal(change.quantity),
    field: 'quantity',
  });
}

/** For people to read: no money moves by it. A holding always cost a cent or more, so it is never zero. */
function averagePrice(invested: Decimal, quantity: Decimal): Decimal {
  return roundDown(invested.div(quantity), MAX_SCALE);
}
