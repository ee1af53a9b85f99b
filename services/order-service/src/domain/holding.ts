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

export interface HoldingChange {
  readonly username: string;
  readonly assetId: string;
  readonly quantity: Decimal;
  /** USD that moved for it, rounded. */
  readonly total: Decimal;
  readonly at: string;
}

/**
 * The holding after a buy: cost adds up, the average follows.
 * @throws OrderRefusedError (422 BUS_002) when the quantity would have more digits than a quantity may have
 */
export function addToHolding(
  holding: StoredAssetBalance | undefined,
  change: HoldingChange,
): StoredAssetBalance {
  const quantity = change.quantity.plus(holding?.quantity ?? ZERO);
  if (!isStorable(quantity))
    throw new OrderRefusedError('The holding would become larger than the platform can hold.');
  const invested = change.total.plus(holding?.total_invested ?? ZERO);
  return {
    username: change.username,
    asset_id: change.assetId,
    quantity: formatDecimal(quantity),
    average_purchase_price: formatDecimal(averagePrice(invested, quantity)),
    total_invested: formatUsd(invested),
    created_at: holding?.created_at ?? change.at,
    updated_at: change.at,
    last_transaction: change.at,
  };
}

/**
 * The holding after a sale: what is left keeps its share of the cost.
 * @throws InsufficientBalanceError (422 BUS_001) when there is less than what is sold
 */
export function takeFromHolding(
  holding: StoredAssetBalance | undefined,
  change: HoldingChange,
): StoredAssetBalance {
  const held = decimal(holding?.quantity ?? '0');
  if (!holding || change.quantity.gt(held)) {
    throw new InsufficientBalanceError(change.assetId, {
      available: formatDecimal(held),
      required: formatDecimal(change.quantity),
    });
  }
  const remaining = held.minus(change.quantity);
  const invested = decimal(holding.total_invested).times(remaining).div(held);
  return {
    ...holding,
    quantity: formatDecimal(remaining),
    total_invested: formatUsd(roundDown(invested, CURRENCY_SCALE)),
    updated_at: change.at,
    last_transaction: change.at,
  };
}

/** For people to read: no money moves by it. A holding always cost a cent or more, so it is never zero. */
function averagePrice(invested: Decimal, quantity: Decimal): Decimal {
  return roundDown(invested.div(quantity), MAX_SCALE);
}
