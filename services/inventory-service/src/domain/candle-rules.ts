import type { Quantity } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { clampToStorable, decimal, formatQuantity, MAX_SCALE, ZERO } from '@cnop/common/core/money';
import type { Candle, CandleInterval, CandleQuote } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS, candleIntervalSchema, candleOpenTime } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';

/** All intervals, the shortest first. Each one is a multiple of every shorter one. */
export const CANDLE_INTERVALS = candleIntervalSchema.options;
/** The shortest interval: its spans end no later than those of every other interval. */
export const SHORTEST_INTERVAL: CandleInterval = '1m';

/** Opens a candle with its first price. */
export function openCandle(
  interval: CandleInterval,
  quote: Pick<Quote, 'asset_id' | 'mid' | 'at' | 'source' | 'seq' | 'bid'>,
): Candle {
  const { asset_id, mid, at, source } = quote;
  const made = candleQuoteOf(quote);
  const open_time = candleOpenTime(interval, at);
  return {
    asset_id,
    interval,
    open_time,
    open: mid,
    high: mid,
    low: mid,
    close: mid,
    volume: formatQuantity(ZERO),
    final: false,
    source,
    quotes: interval === SHORTEST_INTERVAL ? { low: made, high: made, close: made } : null,
  };
}

function candleQuoteOf({ seq, bid }: Pick<Quote, 'seq' | 'bid'>): CandleQuote {
  return { seq, bid };
}

/** Adds a quote to a candle. Returns the same object when the price has not moved. */
export function withQuote(candle: Candle, quote: Pick<Quote, 'mid' | 'seq' | 'bid'>): Candle {
  const { mid } = quote;
  if (mid === candle.close) return candle;
  const price = decimal(mid);
  const isHighest = price.gte(candle.high);
  const isLowest = price.lte(candle.low);
  const made = candleQuoteOf(quote);
  return {
    ...candle,
    high: isHighest ? mid : candle.high,
    low: isLowest ? mid : candle.low,
    close: mid,
    // A candle that is partly made of prices without quotes keeps none: its extremes may lack one.
    quotes: candle.quotes && {
      low: isLowest ? made : candle.quotes.low,
      high: isHighest ? made : candle.quotes.high,
      close: made,
    },
  };
}

/**
 * Adds a traded quantity to a candle.
 * @param quantity units of the asset
 */
export function withVolume(candle: Candle, quantity: Decimal | string): Candle {
  return { ...candle, volume: addVolumes(candle.volume, quantity) };
}

/** Adds two volumes, limited to the largest that can be stored. */
function addVolumes(one: Quantity, other: Decimal | string): Quantity {
  return formatQuantity(clampToStorable(decimal(one).plus(other), MAX_SCALE));
}

/** Joins two parts of one span. */
export function joinCandles(earlier: Candle, later: Candle): Candle {
  const highest = decimal(earlier.high).gt(later.high) ? earlier : later;
  const lowest = decimal(earlier.low).lt(later.low) ? earlier : later;
  const [low, high, close] = [lowest.quotes?.low, highest.quotes?.high, later.quotes?.close];
  return {
    ...later,
    open: earlier.open,
    high: highest.high,
    low: lowest.low,
    volume: addVolumes(earlier.volume, later.volume),
    quotes: low && high && close ? { low, high, close } : null,
  };
}

/**
 * Makes candles of a longer interval from shorter ones of one asset, both in the order of time. A candle is final when the
 * last part of its span is present and final.
 */
export function aggregateCandles(interval: CandleInterval, parts: readonly Candle[]): Candle[] {
  const spans: Candle[] = [];
  for (const part of parts) {
    const widened = { ...part, interval, open_time: candleOpenTime(interval, part.open_time) };
    widened.final = part.final && closeTimeOf(part) === closeTimeOf(widened);
    const last = spans.at(-1);
    if (last?.open_time === widened.open_time) spans[spans.length - 1] = joinCandles(last, widened);
    else spans.push(widened);
  }
  return spans;
}

/** Returns the end of a candle's span, in milliseconds since the epoch. */
export function closeTimeOf({ interval, open_time }: Pick<Candle, 'interval' | 'open_time'>): number {
  return Date.parse(open_time) + CANDLE_SECONDS[interval] * 1_000;
}
