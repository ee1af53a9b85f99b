import { z } from 'zod';
import {
  assetIdSchema,
  nonNegativeDecimalSchema,
  positiveDecimalSchema,
  timestampSchema,
} from '../fields.ts';
import { quoteSourceSchema } from './quote.ts';

export const candleIntervalSchema = z.enum(['1m', '5m', '15m', '1h', '1d']);
export type CandleInterval = z.infer<typeof candleIntervalSchema>;

const MINUTE_SECONDS = 60;

export const CANDLE_SECONDS: Readonly<Record<CandleInterval, number>> = {
  '1m': MINUTE_SECONDS,
  '5m': 5 * MINUTE_SECONDS,
  '15m': 15 * MINUTE_SECONDS,
  '1h': 60 * MINUTE_SECONDS,
  '1d': 24 * 60 * MINUTE_SECONDS,
};

/** The quote that made a price of a candle. */
const candleQuoteSchema = z.object({ seq: z.int().min(0), bid: positiveDecimalSchema });
export type CandleQuote = z.infer<typeof candleQuoteSchema>;

/** The mid prices of one asset over one span of time: first, highest, lowest and last. */
export const candleSchema = z.object({
  asset_id: assetIdSchema,
  interval: candleIntervalSchema,
  open_time: timestampSchema,
  open: positiveDecimalSchema,
  high: positiveDecimalSchema,
  low: positiveDecimalSchema,
  close: positiveDecimalSchema,
  /** Units of the asset that were traded on this platform. */
  volume: nonNegativeDecimalSchema,
  /** False while the span is not over. */
  final: z.boolean(),
  source: quoteSourceSchema,
  /**
   * The latest quotes at the lowest, the highest and the last price, of a recorded candle of a minute; null elsewhere. They prove to
   * open orders which prices came after their acceptance (ADR 0026); a candle without them proves nothing.
   */
  quotes: z
    .object({ low: candleQuoteSchema, high: candleQuoteSchema, close: candleQuoteSchema })
    .nullable()
    .default(null),
});
export type Candle = z.infer<typeof candleSchema>;

/** The beginning of the span that a moment lies in. */
export function candleOpenTime(interval: CandleInterval, at: string): string {
  const spanMilliseconds = CANDLE_SECONDS[interval] * 1_000;
  return new Date(Math.floor(Date.parse(at) / spanMilliseconds) * spanMilliseconds).toISOString();
}
