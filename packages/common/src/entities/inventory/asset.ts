import { z } from 'zod';
import type { Price, Quantity, Usd } from '../../core/brands.ts';
import { knownUsd } from '../../core/brands.ts';
import {
  CURRENCY_SCALE,
  clampToStorable,
  decimal,
  formatDecimal,
  formatQuantity,
  MAX_INTEGER_DIGITS,
  MAX_SCALE,
} from '../../core/money.ts';
import {
  assetIdSchema,
  basisPointsSchema,
  nonNegativeQuantitySchema,
  PRINTABLE_PATTERN,
  priceSchema,
  signedDecimalSchema,
  supplySchema,
  timestampSchema,
  usdSchema,
} from '../fields.ts';

/**
 * The statuses of an asset; `ASSET_STATES` has what each permits.
 * @see docs/reference/assets.md
 */
export const assetStatusSchema = z.enum(['active', 'cancel_only', 'close_only', 'suspended', 'delisted']);
export type AssetStatus = z.infer<typeof assetStatusSchema>;
/** The name of `cancel_only` in earlier versions, in stores and in requests. */
export const FORMER_CANCEL_ONLY = 'inactive';

/**
 * The categories of the catalogue. A `currency` is priced like an asset but not traded: wallets hold it, and conversions
 * execute at its quotes.
 * @see docs/reference/wallets.md
 */
export const assetCategorySchema = z.enum([
  'cryptocurrency',
  'stablecoin',
  'token',
  'nft',
  'commodity',
  'currency',
]);
export type AssetCategory = z.infer<typeof assetCategorySchema>;

export const DEFAULT_QUANTITY_SCALE = 8;
export const DEFAULT_PRICE_SCALE = 2;
export const DEFAULT_DAILY_VOLATILITY_BPS = 300;
const MAX_URL_LENGTH = 500;
const MAX_ASSET_DESCRIPTION_LENGTH = 1_000;

/** A link or an image. Clients show them; the platform never fetches them. */
const httpUrlSchema = z
  .string()
  .max(MAX_URL_LENGTH)
  .regex(/^https?:\/\/[^\s\p{Cc}\p{Cs}]+$/u, 'Use an http or https address.');

/** The limits of the fraction digits of an asset's quantities and prices. */
export const scaleLimits = { min: 0, max: MAX_SCALE };
const scaleSchema = z.int().min(scaleLimits.min).max(scaleLimits.max);

/** An asset of the catalogue. */
export const assetSchema = z.object({
  asset_id: assetIdSchema,
  symbol: z.string().min(1).max(10).regex(PRINTABLE_PATTERN),
  name: z.string().min(1).max(100).regex(PRINTABLE_PATTERN),
  description: z.string().max(MAX_ASSET_DESCRIPTION_LENGTH).regex(PRINTABLE_PATTERN).nullable().default(null),
  current_price: priceSchema,
  /** Units in circulation; the market cap is this times the price. */
  circulating_supply: supplySchema.nullable().default(null),
  volume_24h: usdSchema.nullable().default(null),
  price_change_24h: signedDecimalSchema.nullable().default(null),
  price_change_percentage_24h: signedDecimalSchema.nullable().default(null),
  status: assetStatusSchema.default('active'),
  category: assetCategorySchema.default('cryptocurrency'),
  website: httpUrlSchema.nullable().default(null),
  whitepaper: httpUrlSchema.nullable().default(null),
  image: httpUrlSchema.nullable().default(null),
  market_cap_rank: z.int().min(1).nullable().default(null),
  /** The most fraction digits of a quantity of this asset. */
  quantity_scale: scaleSchema.default(DEFAULT_QUANTITY_SCALE),
  /** The most fraction digits of a price of this asset. */
  price_scale: scaleSchema.default(DEFAULT_PRICE_SCALE),
  /** The distance between bid and ask, in basis points of the mid. */
  spread_bps: basisPointsSchema.default(0),
  /** The fee of a fill, in basis points of its total. */
  fee_bps: basisPointsSchema.default(0),
  /** One standard deviation of a day's move of a simulated price, in basis points. */
  daily_volatility_bps: basisPointsSchema.default(DEFAULT_DAILY_VOLATILITY_BPS),
  /** The price in USD per unit at which the positions of a delisted asset are settled; null before the delisting. */
  settlement_price: priceSchema.nullable().default(null),
  delisted_at: timestampSchema.nullable().default(null),
  /** The time when the last position was settled; null before that. */
  settled_at: timestampSchema.nullable().default(null),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  last_price_update: timestampSchema,
  /** `seq` of the quote that `current_price` comes from; null when it equals the time of that quote. */
  quote_seq: z.int().min(0).nullable().default(null),
  /** True while a jump of the price is unconfirmed: orders are not executed at `current_price`. */
  price_suspended: z.boolean().default(false),
  /** The price sheet with the current price; null while the price of the asset itself is the current one. */
  price_sheet: z.int().min(0).nullable().default(null),
  /** The most units that the house may have sold more than received; above it the asset turns `close_only`. */
  max_house_exposure: nonNegativeQuantitySchema.nullable().default(null),
});
export type Asset = z.infer<typeof assetSchema>;

/** An asset without the fields that only processes of the platform need, and without the limit of the house. */
const publicAssetSchema = assetSchema.omit({
  quote_seq: true,
  price_suspended: true,
  price_sheet: true,
  max_house_exposure: true,
});

/** The largest statistic: the JSON number of the largest decimal with 15 digits before the point. */
const MAX_STATISTIC = 10 ** MAX_INTEGER_DIGITS;

/** A statistic of the market in an answer: a JSON number for display and sorting, never for trading. */
export const statisticSchema = z.number().min(0).max(MAX_STATISTIC);
/** A change of such a statistic: of either sign. */
export const changeStatisticSchema = z.number().min(-MAX_STATISTIC).max(MAX_STATISTIC);

/** An asset as it is sent. Statistics and `price_usd` are numbers, for display and sorting only (ADR 0039). */
export const assetResponseSchema = publicAssetSchema.extend({
  /** USD: the circulating supply at `current_price`. */
  market_cap: statisticSchema.nullable().default(null),
  volume_24h: statisticSchema.nullable().default(null),
  price_change_24h: changeStatisticSchema.nullable().default(null),
  price_change_percentage_24h: changeStatisticSchema.nullable().default(null),
  high_24h: statisticSchema.nullable(),
  low_24h: statisticSchema.nullable(),
  price_usd: z.number(),
  is_active: z.boolean(),
  availability_status: z.enum(['available', 'unavailable']),
});
export type AssetResponse = z.infer<typeof assetResponseSchema>;

/** A page of the catalogue as it is sent. */
export const assetListResponseSchema = z.object({
  data: z.array(assetResponseSchema),
  total_count: z.int().min(0),
  active_count: z.int().min(0),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});
export type AssetListResponse = z.infer<typeof assetListResponseSchema>;

/**
 * Computes the market cap of a supply at a price, to the nearest cent and limited to the largest statistic.
 * @param supply units
 * @param price USD per unit
 * @returns USD
 */
export function marketCapOf(supply: Quantity, price: Price): Usd {
  const cap = decimal(supply).times(price).round(CURRENCY_SCALE);
  return knownUsd(formatDecimal(clampToStorable(cap, CURRENCY_SCALE)));
}

/**
 * Computes the supply that has a market cap at a price: `marketCapOf` returns that market cap to the cent.
 * @param marketCap USD
 * @param price USD per unit, above zero
 * @returns units
 */
export function supplyOfMarketCap(marketCap: Usd, price: Price): Quantity {
  return formatQuantity(decimal(marketCap).div(price).round(MAX_SCALE));
}
