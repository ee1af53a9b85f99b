import { z } from 'zod';
import { assetIdSchema, positiveDecimalSchema, timestampSchema } from '../fields.ts';

/** What prices can be made from; `docs/operating/settings.md` says how to choose. */
export const priceFeedSchema = z.enum(['simulated', 'replay', 'exchange', 'manual']);

/** Where a quote comes from: a feed of this process, or what the feed of another process has stored. */
export const quoteSourceSchema = z.enum([...priceFeedSchema.options, 'stored']);
export type QuoteSource = z.infer<typeof quoteSourceSchema>;

/** What an asset can be bought and sold for at one moment, in USD per unit. */
export const quoteSchema = z.object({
  asset_id: assetIdSchema,
  /** What a seller gets. */
  bid: positiveDecimalSchema,
  /** What a buyer pays. */
  ask: positiveDecimalSchema,
  mid: positiveDecimalSchema,
  at: timestampSchema,
  source: quoteSourceSchema,
  /** Grows with every quote of the asset, also across restarts and when the clock is set back. */
  seq: z.int().min(0),
  /** Set while a jump of the price waits for confirmation: nothing is traded at this quote. */
  suspended: z.literal(true).exactOptional(),
});
export type Quote = z.infer<typeof quoteSchema>;
