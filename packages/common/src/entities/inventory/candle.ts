import { z } from 'zod';
import type { IsoTime } from '../../core/brands.ts';
import { isoTime } from '../../core/brands.ts';
import { assetIdSchema, nonNegativeQuantitySchema, priceSchema, timestampSchema } from '../fields.ts';
import { quoteSourceSchema } from './quote.ts';

/** The lengths of candles. */
export const candleIntervalSchema = z.enum(['1m', '5m', '15m', '1h', '1d']);
export type CandleInterval = z.infer<typeof candleIntervalSchema>;

const MINUTE_SECONDS = 60;

/** The length of each interval in seconds. */
export const CANDLE_SECONDS: Readonly<Record<CandleInterval, number>> = {
  '1m': MINUTE_SECONDS,
  '5m': 5 * MINUTE_SECONDS,
  '15m': 15 * MINUTE_SECONDS,
  '1h': 60 * MINUTE_SECONDS,
  '1d': 24 * 60 * MINUTE_SECONDS,
};

/** The quote with a price of a candle. */
const candleQuoteSchema = z.object({ seq: z.int().min(0), bid: priceSchema });
export type CandleQuote = z.infer<typeof candleQuoteSchema>;

/** The first, highest, lowest and last mid price of an asset in a span of time, with the volume traded. */
export const candleSchema = z.object({
  asset_id: assetIdSchema,
  interval: candleIntervalSchema,
  open_time: timestampSchema,
  open: priceSchema,
  high: priceSchema,
  low: priceSchema,
  close: priceSchema,
  /** Units of the asset traded on this platform. */
  volume: nonNegativeQuantitySchema,
  /** False until the span is over. */
  final: z.boolean(),
  source: quoteSourceSchema,
  /**
   * The latest quotes at the lowest, the highest and the last price of a recorded one-minute candle; null in other candles.
   * They tell which prices came after the acceptance of an open order (ADR 0026).
   */
  quotes: z
    .object({ low: candleQuoteSchema, high: candleQuoteSchema, close: candleQuoteSchema })
    .nullable()
    .default(null),
});
export type Candle = z.infer<typeof candleSchema>;

/** Returns the open time of the candle that a time lies in. */
export function candleOpenTime(interval: CandleInterval, at: IsoTime): IsoTime {
  const spanMilliseconds = CANDLE_SECONDS[interval] * 1_000;
  return isoTime(new Date(Math.floor(Date.parse(at) / spanMilliseconds) * spanMilliseconds));
}
