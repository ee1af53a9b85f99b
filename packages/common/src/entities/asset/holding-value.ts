import { CURRENCY_SCALE, decimal, formatUsd, roundDown } from '../../core/money.ts';
import type { AssetBalance, StoredAssetBalance } from './asset-balance.ts';

/**
 * A holding at a price: what selling it now would bring, rounded down as a credit is, and how that compares
 * with what it cost.
 * @param price USD per unit
 */
export function valueHolding(holding: StoredAssetBalance, price: string): AssetBalance {
  const value = roundDown(decimal(holding.quantity).times(price), CURRENCY_SCALE);
  return {
    ...holding,
    current_market_value: formatUsd(value),
    unrealized_pnl: formatUsd(value.minus(holding.total_invested)),
  };
}
