import type { IsoTime } from '@cnop/common/core/brands';
import type { GrowthPoint } from './cumulated-return.ts';
import { rateBetween } from './cumulated-return.ts';

/** The largest fall of a growth from a high, of which a drawdown of 0 is none. */
export interface Drawdown {
  /** The rate from the high to the low: -0.25 for a fall by a quarter. */
  readonly depth: number;
  /** The moments of the high and of the low. */
  readonly from: IsoTime;
  readonly to: IsoTime;
  /** The first moment at which the high was reached again; null until then. */
  readonly recovered: IsoTime | null;
}

/** Returns the largest drawdown of a growth; null when it never fell. */
export function largestDrawdown(points: readonly GrowthPoint[]): Drawdown | null {
  let [high] = points;
  let found: { readonly high: GrowthPoint; readonly low: GrowthPoint; readonly depth: number } | undefined;
  for (const point of points) {
    if (!high || point.growth >= high.growth) high = point;
    const depth = rateBetween(high.growth, point.growth) ?? 0;
    if (depth < (found?.depth ?? 0)) found = { high, low: point, depth };
  }
  if (!found) return null;
  const { high: top, low, depth } = found;
  const recovery = points.find(({ at, growth }) => at > low.at && growth >= top.growth);
  return { depth, from: top.at, to: low.at, recovered: recovery?.at ?? null };
}

/** The return of a span of time: a day or a month in UTC. */
export interface SpanReturn {
  /** `2026-01-31` or `2026-01`. */
  readonly span: string;
  /** The points at its start and at its end. */
  readonly start: GrowthPoint;
  readonly end: GrowthPoint;
  /** Null without money to invest. */
  readonly rate: number | null;
}

/** Lengths of the date and of the month in an ISO time. */
export const SPAN_LENGTH = { day: 'YYYY-MM-DD'.length, month: 'YYYY-MM'.length } as const;

/**
 * Divides a growth into days or months. The first and the last one may be cut by the ends of the growth.
 * @param points oldest first, with one at the midnight (UTC) between two spans
 */
export function divideGrowth(points: readonly GrowthPoint[], length: number): SpanReturn[] {
  const spans: SpanReturn[] = [];
  const [first] = points;
  if (!first) return spans;
  let start = first;
  let end = first;
  let hasCapital = false;
  const close = (): void => {
    if (end === start) return;
    const rate = hasCapital ? rateBetween(start.growth, end.growth) : null;
    spans.push({ span: start.at.slice(0, length), start, end, rate });
  };
  for (const point of points.slice(1)) {
    end = point;
    hasCapital ||= point.hasCapital;
    if (point.at.slice(0, length) === start.at.slice(0, length) || !isMidnight(point.at)) continue;
    close();
    [start, hasCapital] = [point, false];
  }
  close();
  return spans;
}

/** Returns whether a time is midnight in UTC. */
export function isMidnight(at: IsoTime): boolean {
  return at.endsWith('T00:00:00.000Z');
}

/** Days in a year: assets are traded every day. */
const TRADING_DAYS = 365;
/** The fewest daily returns of a statistic. */
export const MIN_DAILY_RETURNS = 5;

/**
 * Returns the annualised volatility: the standard deviation (n - 1) of daily returns times the square root of 365.
 * @param rates two or more
 */
export function annualVolatility(rates: readonly number[]): number {
  return deviation(rates) * Math.sqrt(TRADING_DAYS);
}

/** Returns the correlation (Pearson) of two lists of equal length; null when one of them does not vary. */
export function correlation(one: readonly number[], other: readonly number[]): number | null {
  const [deviationOne, deviationOther] = [deviation(one), deviation(other)];
  if (deviationOne === 0 || deviationOther === 0) return null;
  const [meanOne, meanOther] = [mean(one), mean(other)];
  const products = one.map((rate, index) => (rate - meanOne) * ((other[index] ?? meanOther) - meanOther));
  const covariance = sum(products) / (one.length - 1);
  return Math.max(-1, Math.min(1, covariance / (deviationOne * deviationOther)));
}

function deviation(rates: readonly number[]): number {
  const [first] = rates;
  // The mean of equal rates may differ from them by rounding.
  if (rates.every((rate) => rate === first)) return 0;
  const average = mean(rates);
  return Math.sqrt(sum(rates.map((rate) => (rate - average) ** 2)) / (rates.length - 1));
}

function mean(rates: readonly number[]): number {
  return sum(rates) / rates.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
