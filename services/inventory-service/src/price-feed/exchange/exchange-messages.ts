import { z } from 'zod';

/** The request to the process of an exchange: sent at its start and when the catalogue has changed. */
export const watchRequestSchema = z.object({
  /** The ccxt id of the exchange. */
  exchange: z.string(),
  /** Overrides the origin of the exchange. */
  url: z.string().optional(),
  pollMilliseconds: z.number(),
  /** The symbol of each asset at the exchange, by asset id. */
  symbols: z.record(z.string(), z.string()),
});
export type WatchRequest = z.infer<typeof watchRequestSchema>;

/** A reply of the process: prices, or the reason why there are none. */
export const watchReplySchema = z.union([
  z.object({
    prices: z.array(
      z.object({
        asset_id: z.string().brand<'AssetId'>(),
        mid: z.string().brand<'Price'>(),
        at: z.string().brand<'IsoTime'>(),
      }),
    ),
  }),
  z.object({ failure: z.string() }),
]);
export type WatchReply = z.input<typeof watchReplySchema>;
