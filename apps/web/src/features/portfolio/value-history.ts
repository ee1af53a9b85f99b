import type { IsoTime } from '@cnop/common/core/brands';
import { decimal, formatUsd } from '@cnop/common/core/money';
import type { HistoryPoint, HistoryRange } from '../../api/account/portfolio.ts';
import { percentChange } from '../../format/numbers.ts';

/** The measure drawn by the chart: the value, or the P&L. */
export type Measure = 'value' | 'result';

export interface SeriesPoint {
  readonly at: IsoTime;
  /** USD. */
  readonly value: string;
}

/** The names of ranges. */
export const RANGE_NAMES: Readonly<Record<HistoryRange, string>> = {
  '1d': 'Past day',
  '1w': 'Past week',
  '1m': 'Past month',
  '3m': 'Past 3 months',
  '1y': 'Past year',
  all: 'All time',
};

const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;
/** Ranges with the days they cover, shortest first. */
const RANGE_DAYS: readonly (readonly [HistoryRange, number])[] = [
  ['1d', 1],
  ['1w', 7],
  ['1m', 30],
  ['3m', 90],
  ['1y', 365],
];

/** Returns the shortest range that covers the age of an account. */
export function rangeOfAge(createdAt: string, now: Date): HistoryRange {
  const ageDays = (now.getTime() - Date.parse(createdAt)) / DAY_MILLISECONDS;
  return RANGE_DAYS.find(([, days]) => ageDays <= days)?.[0] ?? 'all';
}

/** The fewest moments that make a chart; fewer are a straight line. */
const MIN_CHART_MOMENTS = 3;

/** Drops the time before the first cash, which would squeeze the rest of the chart. */
export function sinceFirstCash(points: readonly HistoryPoint[]): HistoryPoint[] {
  const first = points.findIndex(
    ({ total_value, net_deposits }) => !decimal(total_value).eq('0') || !decimal(net_deposits).eq('0'),
  );
  return first < 0 ? [] : points.slice(first);
}

/** Returns whether there are enough points for a chart. The two points of a step count once. */
export function isChartable(points: readonly Pick<HistoryPoint, 'at'>[]): boolean {
  return new Set(points.map(({ at }) => at)).size >= MIN_CHART_MOMENTS;
}

/** Returns the P&L up to a point; deposits and withdrawals do not count. */
export function resultAt({ total_value, net_deposits }: HistoryPoint): string {
  return formatUsd(decimal(total_value).minus(net_deposits));
}

/** Returns the points of a chart; P&L is counted from the beginning of the range. */
export function seriesOf(points: readonly HistoryPoint[], measure: Measure): SeriesPoint[] {
  const [first] = points;
  if (!first) return [];
  const start = resultAt(first);
  return points.map((point) => ({
    at: point.at,
    value: measure === 'value' ? point.total_value : formatUsd(decimal(resultAt(point)).minus(start)),
  }));
}

interface Performance {
  /** Signed USD. */
  readonly result: string;
  /** Percentage of the initial value plus deposits; `undefined` if that is zero. */
  readonly percent: string | undefined;
}

/** Returns the P&L of a range without deposits and withdrawals. */
export function performanceOf(points: readonly HistoryPoint[]): Performance | undefined {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) return undefined;
  const result = decimal(resultAt(last)).minus(resultAt(first));
  const added = decimal(last.net_deposits).minus(first.net_deposits);
  const base = added.gt('0') ? added.plus(first.total_value) : decimal(first.total_value);
  return {
    result: formatUsd(result),
    percent: percentChange(formatUsd(base.plus(result)), base),
  };
}

export interface LiveTotals {
  readonly cash: string;
  readonly assets: string;
  readonly total: string;
  readonly netDeposits: string;
}

/**
 * Replaces the last point by the account at current prices. Net deposits come from the same answer as the values, or a
 * deposit would look like a gain.
 */
export function withLiveTotals(
  points: readonly HistoryPoint[],
  live: LiveTotals | undefined,
): HistoryPoint[] {
  const last = points.at(-1);
  if (!last || !live) return [...points];
  const { cash, assets, total, netDeposits } = live;
  return [
    ...points.slice(0, -1),
    { ...last, cash, asset_value: assets, total_value: total, net_deposits: netDeposits },
  ];
}

interface Extremes {
  readonly first: SeriesPoint;
  readonly last: SeriesPoint;
  readonly low: SeriesPoint;
  readonly high: SeriesPoint;
}

/** Returns the extremes of a series, which describe a chart to screen readers. */
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
