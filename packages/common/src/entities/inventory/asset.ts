import { z } from 'zod';
import { MAX_INTEGER_DIGITS, MAX_SCALE } from '../../core/money.ts';
import {
  assetIdSchema,
  basisPointsSchema,
  nonNegativeDecimalSchema,
  PRINTABLE_PATTERN,
  positiveDecimalSchema,
  signedDecimalSchema,
  supplySchema,
  timestampSchema,
} from '../fields.ts';

export const assetStatusSchema = z.enum(['active', 'cancel_only', 'close_only', 'suspended', 'delisted']);
export type AssetStatus = z.infer<typeof assetStatusSchema>;
/** The state that `cancel_only` was called in earlier versions, in stores and in requests. */
export const FORMER_CANCEL_ONLY = 'inactive';

export const assetCategorySchema = z.enum(['cryptocurrency', 'stablecoin', 'token', 'nft', 'commodity']);
export type AssetCategory = z.infer<typeof assetCategorySchema>;

export const DEFAULT_QUANTITY_SCALE = 8;
export const DEFAULT_PRICE_SCALE = 2;
export const DEFAULT_DAILY_VOLATILITY_BPS = 300;
const MAX_URL_LENGTH = 500;
const MAX_ASSET_DESCRIPTION_LENGTH = 1_000;

/** Links and images are shown to people, never fetched by us. */
const httpUrlSchema = z
  .string()
  .max(MAX_URL_LENGTH)
  .regex(/^https?:\/\/[^\s\p{Cc}\p{Cs}]+$/u, 'Use an http or https address.');

export const scaleLimits = { min: 0, max: MAX_SCALE };
const scaleSchema = z.int().min(scaleLimits.min).max(scaleLimits.max);

export const assetSchema = z.object({
  asset_id: assetIdSchema,
  symbol: z.string().min(1).max(10).regex(PRINTABLE_PATTERN),
  name: z.string().min(1).max(100).regex(PRINTABLE_PATTERN),
  description: z.string().max(MAX_ASSET_DESCRIPTION_LENGTH).regex(PRINTABLE_PATTERN).nullable().default(null),
  current_price: positiveDecimalSchema,
  /** Units in circulation: times the price, they are the market cap. */
  circulating_supply: supplySchema.nullable().default(null),
  volume_24h: nonNegativeDecimalSchema.nullable().default(null),
  price_change_24h: signedDecimalSchema.nullable().default(null),
  price_change_percentage_24h: signedDecimalSchema.nullable().default(null),
  status: assetStatusSchema.default('active'),
  category: assetCategorySchema.default('cryptocurrency'),
  website: httpUrlSchema.nullable().default(null),
  whitepaper: httpUrlSchema.nullable().default(null),
  image: httpUrlSchema.nullable().default(null),
  market_cap_rank: z.int().min(1).nullable().default(null),
  /** Fraction digits that a quantity of this asset may have. */
  quantity_scale: scaleSchema.default(DEFAULT_QUANTITY_SCALE),
  /** Fraction digits that a price of this asset may have. */
  price_scale: scaleSchema.default(DEFAULT_PRICE_SCALE),
  /** What the house keeps between bid and ask, in hundredths of a percent of the price. */
  spread_bps: basisPointsSchema.default(0),
  /** What a trade costs, in hundredths of a percent of its total. */
  fee_bps: basisPointsSchema.default(0),
  /** How much a simulated price moves in a day, in hundredths of a percent: one standard deviation. */
  daily_volatility_bps: basisPointsSchema.default(DEFAULT_DAILY_VOLATILITY_BPS),
  /** USD per unit that every position is settled at once the asset is delisted; null before that. */
  settlement_price: positiveDecimalSchema.nullable().default(null),
  delisted_at: timestampSchema.nullable().default(null),
  /** When every position was settled; null before that. */
  settled_at: timestampSchema.nullable().default(null),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  last_price_update: timestampSchema,
  /** `seq` of the quote that `current_price` was stored with; null when it is the time of that quote. */
  quote_seq: z.int().min(0).nullable().default(null),
  /** True while a jump of the price waits for confirmation: nothing is traded at `current_price`. */
  price_suspended: z.boolean().default(false),
});
export type Asset = z.infer<typeof assetSchema>;

/** An asset without what processes tell each other of its price. */
const publicAssetSchema = assetSchema.omit({ quote_seq: true, price_suspended: true });

/** The largest statistic: one of fifteen digits before its point becomes this as a JSON number. */
const MAX_STATISTIC = 10 ** MAX_INTEGER_DIGITS;

/** A statistic of the market in an answer: a JSON number, to be shown and sorted by, never to be traded at. */
export const statisticSchema = z.number().min(0).max(MAX_STATISTIC);
/** The same of either sign. */
export const changeStatisticSchema = z.number().min(-MAX_STATISTIC).max(MAX_STATISTIC);

/** An asset as clients see it. Statistics and `price_usd` are numbers, for display and sorting only (ADR 0039). */
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

export const assetListResponseSchema = z.object({
  data: z.array(assetResponseSchema),
  total_count: z.int().min(0),
  active_count: z.int().min(0),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});
export type AssetListResponse = z.infer<typeof assetListResponseSchema>;
