import { decimal } from '@cnop/common/core/money';
import type { CandleInterval } from '@cnop/common/entities/inventory/candle';
import { candleOpenTime } from '@cnop/common/entities/inventory/candle';
import type { Bar } from '../../../api/market.ts';

/** The last candle after one more price: the same one grown, or the next one. */
export function barAfterPrice(
  last: Bar,
  { mid, at }: { readonly mid: string; readonly at: string },
  interval: CandleInterval,
): Bar {
  const openTime = candleOpenTime(interval, at);
  // A price of before the candle began says nothing about it.
  if (openTime < last.open_time) return last;
  if (openTime > last.open_time) {
    return { open_time: openTime, open: mid, high: mid, low: mid, close: mid, volume: '0', final: false };
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

/** What a chart shows, for whoever does not see it. */
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

/** The same after one more price. */
export function withPrice(summary: BarsSummary, price: string): BarsSummary {
  const { high, low } = summary;
  return {
    ...summary,
    last: price,
    high: decimal(price).gt(high) ? price : high,
    low: decimal(price).lt(low) ? price : low,
  };
}
