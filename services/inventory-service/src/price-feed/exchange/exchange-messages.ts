import { z } from 'zod';

/** What the process that talks to an exchange is told: at its start, and when the catalogue has changed. */
export const watchRequestSchema = z.object({
  /** As ccxt calls it. */
  exchange: z.string(),
  /** Instead of the exchange's own. */
  url: z.string().optional(),
  pollMilliseconds: z.number(),
  /** What each asset is called where it is traded, by its id. */
  symbols: z.record(z.string(), z.string()),
});
export type WatchRequest = z.infer<typeof watchRequestSchema>;

/** What it answers: prices, or why there are none. */
export const watchReplySchema = z.union([
  z.object({ prices: z.array(z.object({ asset_id: z.string(), mid: z.string(), at: z.string() })) }),
  z.object({ failure: z.string() }),
]);
export type WatchReply = z.infer<typeof watchReplySchema>;
