import { decimal } from '@cnop/common/core/money';
import type { SeriesPoint } from './value-history.ts';

export interface Extremes {
  readonly first: SeriesPoint;
  readonly last: SeriesPoint;
  readonly low: SeriesPoint;
  readonly high: SeriesPoint;
}

/** What a chart shows, for whoever does not see it. */
export function extremesOf(series: readonly SeriesPoint[]): Extremes | undefined {
  const [first] = series;
  const last = series.at(-1);
  if (!first || !last) return undefined;
  return {
    first,
    last,
    low: series.reduce((low, point) => (decimal(point.value).lt(low.value) ? point : low), first),
    high: series.reduce((high, point) => (decimal(point.value).gt(high.value) ? point : high), first),
  };
}
