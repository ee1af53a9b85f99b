import type { IsoTime } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { CandleInterval } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS, candleOpenTime } from '@cnop/common/entities/inventory/candle';

/** The named periods, all of which end at the present. */
export const PERFORMANCE_RANGES = ['1d', '1w', '1m', '3m', 'ytd', '1y', 'all'] as const;
export type PerformanceRange = (typeof PERFORMANCE_RANGES)[number];

/** A named period, or one between two moments; without the first it begins with the account, without the last it ends now. */
export type PeriodRequest =
  | { readonly range: PerformanceRange }
  | { readonly from: IsoTime | undefined; readonly to: IsoTime | undefined };

/** A period to measure, with the moments at which the portfolio is valued. */
export interface PerformancePeriod {
  readonly from: IsoTime;
  readonly to: IsoTime;
  /** The time between two moments, except for the first and the last. */
  readonly interval: Extract<CandleInterval, '15m' | '1h' | '1d'>;
  /** Oldest first, from `from` on; `to` is the last one unless it is the present. */
  readonly times: readonly IsoTime[];
  /** Whether the account is younger than the period asked for, which begins with the account then. */
  readonly isYounger: boolean;
  /** Whether the period asked for is longer than {@link MAX_PERIOD_DAYS}. */
  readonly isCut: boolean;
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;
/** The longest period. An older start is moved. */
export const MAX_PERIOD_DAYS = 990;
const MAX_DAYS_OF_QUARTER_HOURS = 2;
const MAX_DAYS_OF_HOURS = 14;
/** Within their retention, so that no candle of a period is deleted already. */
const QUARTER_HOUR_CANDLES_DAYS = 89;
const HOUR_CANDLES_DAYS = 729;

/** Returns the moments of a period. It begins with the account at the earliest, and ends at the present at the latest. */
export function performancePeriod(
  request: PeriodRequest,
  { now, createdAt }: { readonly now: IsoTime; readonly createdAt: IsoTime },
): PerformancePeriod {
  const to = earliest('range' in request ? now : endOf(request.to ?? now), now);
  const start = 'range' in request ? startOf(request.range, { now, createdAt }) : (request.from ?? createdAt);
  const longest = daysBefore(to, MAX_PERIOD_DAYS);
  const isCut = latest(start, createdAt) < longest;
  const from = earliest(latest(latest(start, createdAt), longest), to);
  const interval = intervalOf({ from, to, now });
  const times = [from, ...multiplesBetween(interval, from, to)];
  if (to < now && to > from) times.push(to);
  return { from, to, interval, times, isYounger: start < createdAt, isCut };
}

/** Returns the midnight after a period that includes the last millisecond of a day, or its end. */
function endOf(to: IsoTime): IsoTime {
  return to.endsWith('T23:59:59.999Z') ? isoTime(new Date(Date.parse(to) + 1)) : to;
}

const MONTHS = { '1m': 1, '3m': 3, '1y': 12 } as const;

function startOf(
  range: PerformanceRange,
  { now, createdAt }: { readonly now: IsoTime; readonly createdAt: IsoTime },
): IsoTime {
  switch (range) {
    case '1d':
      return daysBefore(now, 1);
    case '1w':
      return daysBefore(now, 7);
    case 'ytd':
      return isoTime(new Date(Date.UTC(new Date(now).getUTCFullYear(), 0, 1)));
    case 'all':
      return createdAt;
    default:
      return monthsBefore(now, MONTHS[range]);
  }
}

function daysBefore(at: IsoTime, days: number): IsoTime {
  return isoTime(new Date(Date.parse(at) - days * DAY_MILLISECONDS));
}

/** Returns the same day of an earlier month, or the last day of a month that is too short for it. */
function monthsBefore(at: IsoTime, months: number): IsoTime {
  const date = new Date(at);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return isoTime(date);
}

function intervalOf({
  from,
  to,
  now,
}: Readonly<Record<'from' | 'to' | 'now', IsoTime>>): PerformancePeriod['interval'] {
  if (from >= daysBefore(to, MAX_DAYS_OF_QUARTER_HOURS) && from >= daysBefore(now, QUARTER_HOUR_CANDLES_DAYS))
    return '15m';
  return from >= daysBefore(to, MAX_DAYS_OF_HOURS) && from >= daysBefore(now, HOUR_CANDLES_DAYS)
    ? '1h'
    : '1d';
}

function multiplesBetween(interval: PerformancePeriod['interval'], from: IsoTime, to: IsoTime): IsoTime[] {
  const stepMilliseconds = CANDLE_SECONDS[interval] * 1_000;
  const times: IsoTime[] = [];
  for (let at = Date.parse(candleOpenTime(interval, from)) + stepMilliseconds; at < Date.parse(to); ) {
    times.push(isoTime(new Date(at)));
    at += stepMilliseconds;
  }
  return times;
}

function latest(one: IsoTime, other: IsoTime): IsoTime {
  return one > other ? one : other;
}

function earliest(one: IsoTime, other: IsoTime): IsoTime {
  return one < other ? one : other;
}
