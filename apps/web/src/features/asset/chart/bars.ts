import type { IsoTime, Price } from '@cnop/common/core/brands';
import { decimal, formatQuantity, ZERO } from '@cnop/common/core/money';
import type { CandleInterval } from '@cnop/common/entities/inventory/candle';
import { candleOpenTime } from '@cnop/common/entities/inventory/candle';
import type { Bar } from '../../../api/market.ts';

/** Applies a price to the last candle: returns it updated, or the next candle. */
export function barAfterPrice(
  last: Bar,
  { mid, at }: { readonly mid: Price; readonly at: IsoTime },
  interval: CandleInterval,
): Bar {
  const openTime = candleOpenTime(interval, at);
  // A price from before the candle does not change it.
  if (openTime < last.open_time) return last;
  if (openTime > last.open_time) {
    return {
      open_time: openTime,
      open: mid,
      high: mid,
      low: mid,
      close: mid,
      volume: formatQuantity(ZERO),
      final: false,
    };
  }
  const price = decimal(mid);
  return {
    ...last,
    high: price.gt(last.high) ? mid : last.high,
    low: price.lt(last.low) ? mid : last.low,
    close: mid,
  };
}

export interface BarsSummary {
  readonly first: string;
  readonly last: string;
  readonly high: string;
  readonly low: string;
}

/** Summarises the candles of a chart for screen readers. */
export function summaryOf(bars: readonly Bar[]): BarsSummary | undefined {
  const [first] = bars;
  const last = bars.at(-1);
  if (!first || !last) return undefined;
  return {
    first: first.open,
    last: last.close,
    high: bars.reduce((high, bar) => (decimal(bar.high).gt(high) ? bar.high : high), first.high),
    low: bars.reduce((low, bar) => (decimal(bar.low).lt(low) ? bar.low : low), first.low),
  };
}

/** Returns the summary after one more price. */
export function withPrice(summary: BarsSummary, price: string): BarsSummary {
  const { high, low } = summary;
  return {
    ...summary,
    last: price,
    high: decimal(price).gt(high) ? price : high,
    low: decimal(price).lt(low) ? price : low,
  };
}
