import { z } from 'zod';
import type { Price } from '../../core/brands.ts';
import { CURRENCY_SCALE, decimal, formatQuantity, formatUsd, roundDown, ZERO } from '../../core/money.ts';
import {
  assetIdSchema,
  nonNegativePriceSchema,
  nonNegativeQuantitySchema,
  signedUsdSchema,
  timestampSchema,
  usdSchema,
  usernameSchema,
} from '../fields.ts';

/** A user's position in one asset, with its value at the current price. */
export const assetBalanceSchema = z.object({
  username: usernameSchema,
  asset_id: assetIdSchema,
  quantity: nonNegativeQuantitySchema,
  /** Units held for open orders; at most `quantity`. */
  held_quantity: nonNegativeQuantitySchema.default(formatQuantity(ZERO)),
  /**
   * Average cost in USD per unit of the current quantity; unchanged when units leave, also all of them. 0 for units that
   * cost nothing, such as staking rewards.
   */
  average_purchase_price: nonNegativePriceSchema,
  total_invested: usdSchema,
  /** Profit in USD of all sales together over the cost of the units; negative for a loss. */
  realized_pnl: signedUsdSchema.default(formatUsd(ZERO)),
  current_market_value: usdSchema,
  /** USD; negative when the price is below the cost. */
  unrealized_pnl: signedUsdSchema,
  created_at: timestampSchema,
  updated_at: timestampSchema,
  last_transaction: timestampSchema.nullable().default(null),
  /**
   * What transferred units were worth above their cost, in USD: of those received less those sent. It is a deposit of value
   * and never a profit. Absent before the first transfer.
   */
  transferred_gain: signedUsdSchema.exactOptional(),
});
export type AssetBalance = z.infer<typeof assetBalanceSchema>;

/** A position as it is stored: without the values that follow the price, which are computed on reading. */
export const storedAssetBalanceSchema = assetBalanceSchema.omit({
  current_market_value: true,
  unrealized_pnl: true,
});
export type StoredAssetBalance = z.infer<typeof storedAssetBalanceSchema>;

/**
 * Values a position at a price: the proceeds of selling it, rounded down to the cent like any credit, and the difference
 * to its cost.
 * @param price USD per unit
 */
export function valueHolding(holding: StoredAssetBalance, price: Price): AssetBalance {
  const value = roundDown(decimal(holding.quantity).times(price), CURRENCY_SCALE);
  return {
    ...holding,
    current_market_value: formatUsd(value),
    unrealized_pnl: formatUsd(value.minus(holding.total_invested)),
  };
}
