import { z } from 'zod';
import {
  assetIdSchema,
  nonNegativeDecimalSchema,
  positiveDecimalSchema,
  signedDecimalSchema,
  timestampSchema,
  usernameSchema,
} from '../fields.ts';

/** A user's holding of one asset with its value at the price of the moment. */
export const assetBalanceSchema = z.object({
  username: usernameSchema,
  asset_id: assetIdSchema,
  quantity: nonNegativeDecimalSchema,
  /** The part that open orders have reserved; never more than `quantity`. */
  held_quantity: nonNegativeDecimalSchema.default('0'),
  /** USD per unit that the present quantity cost on average; kept from the last one when nothing is left. */
  average_purchase_price: positiveDecimalSchema,
  total_invested: nonNegativeDecimalSchema,
  /** USD that all sales together brought beyond what the units had cost; negative after a loss. */
  realized_pnl: signedDecimalSchema.default('0.00'),
  current_market_value: nonNegativeDecimalSchema,
  /** Negative when the price fell: the one constraint of the design document that is corrected. */
  unrealized_pnl: signedDecimalSchema,
  created_at: timestampSchema,
  updated_at: timestampSchema,
  last_transaction: timestampSchema.nullable().default(null),
});
export type AssetBalance = z.infer<typeof assetBalanceSchema>;

/** What is stored: market values change with every price and are computed when they are read. */
export const storedAssetBalanceSchema = assetBalanceSchema.omit({
  current_market_value: true,
  unrealized_pnl: true,
});
export type StoredAssetBalance = z.infer<typeof storedAssetBalanceSchema>;
