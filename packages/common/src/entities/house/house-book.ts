import { z } from 'zod';
import { assetIdSchema, timestampSchema, usernameSchema } from '../fields.ts';

/** A span of days (UTC), both ends inclusive. */
export interface DaySpan {
  readonly from: string;
  readonly to: string;
}

/** A day (UTC), or the whole time of the book. */
export const ALL_DAYS = 'ALL';
const bookPeriodSchema = z.union([z.iso.date(), z.literal(ALL_DAYS)]);
export type BookPeriod = z.infer<typeof bookPeriodSchema>;

/** An exact sum of legs or of quantities: it may have more digits than an amount. */
const bookSumSchema = z
  .string()
  .regex(/^(?!-0(?:\.0+)?$)-?(?:0|[1-9]\d*)(?:\.\d{1,37})?$/, 'This is not a decimal.');

/** What the ledgers of all users say about the accounts of the other side, on one day or on all days. */
export const houseSumsSchema = z.object({
  /** What each account received, by name: all but those of assets, which have sums of their own, and of users. */
  accounts: z.record(z.string(), bookSumSchema),
  /** Users whose account was opened. */
  new_users: z.int().min(0),
  /** Users with a ledger entry. */
  active_users: z.int().min(0),
  /** Fills of orders that moved cash. */
  trades: z.int().min(0),
  /** USD of these fills, without fees. */
  volume: bookSumSchema,
});
export type HouseSums = z.infer<typeof houseSumsSchema>;

/** The sums of a day, as they are stored. */
export const housePeriodSchema = houseSumsSchema.extend({ period: bookPeriodSchema });
export type HousePeriod = z.infer<typeof housePeriodSchema>;

/** What the ledgers of all users say about the house's trades in one asset. */
export const assetSumsSchema = z.object({
  /** Units that the house received; negative for those that it sold. */
  units: bookSumSchema,
  /** USD that the house received for them at the mid prices of their quotes; negative for what it paid. */
  cash: bookSumSchema,
  /** USD that the house earned by the trades. */
  spread: bookSumSchema,
  fees: bookSumSchema,
  rounding: bookSumSchema,
  /** Fills of orders of each side, and their units. */
  buys: z.int().min(0),
  sales: z.int().min(0),
  bought: bookSumSchema,
  sold: bookSumSchema,
  /** USD of the fills, without fees. */
  volume: bookSumSchema,
  /** Users with a fill of each side. */
  buyers: z.int().min(0),
  sellers: z.int().min(0),
});
export type AssetSums = z.infer<typeof assetSumsSchema>;

/** The sums of an asset and a day, as they are stored. */
export const assetPeriodSchema = assetSumsSchema.extend({
  asset_id: assetIdSchema,
  period: bookPeriodSchema,
});
export type AssetPeriod = z.infer<typeof assetPeriodSchema>;

/** How far the ledger of a user is in the book. */
export const bookCheckpointSchema = z.object({
  username: usernameSchema,
  /** The day on which the account was opened. */
  opened_on: z.iso.date(),
  /** The number of the last ledger entry that the book has; 0 before the first. */
  sequence: z.int().min(0),
  /** The day of that entry in the book: entries of one user never go back to an earlier day. */
  last_day: z.iso.date().nullable(),
  /** The last days with a fill of each side, by asset. */
  traded: z.record(
    z.string(),
    z.object({ bought_on: z.iso.date().nullable(), sold_on: z.iso.date().nullable() }),
  ),
  updated_at: timestampSchema,
});
export type BookCheckpoint = z.infer<typeof bookCheckpointSchema>;

/** The progress of the pass over all users. */
export const bookProgressSchema = z.object({
  /** The start of the pass; null between two passes. */
  pass_started_at: timestampSchema.nullable(),
  /** The last user of the pass so far; null before the first. */
  after: usernameSchema.nullable(),
  /** Every entry that was committed until then is in the book; null before the end of the first pass. */
  complete_to: timestampSchema.nullable(),
  updated_at: timestampSchema,
});
export type BookProgress = z.infer<typeof bookProgressSchema>;
