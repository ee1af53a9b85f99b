import type { IsoTime } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { CandleInterval } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS, candleOpenTime } from '@cnop/common/entities/inventory/candle';

/** Points of the longest history. */
const MAX_HISTORY_POINTS = 1_000;

interface Resolution {
  readonly interval: CandleInterval;
  /** The present included. */
  readonly points: number;
}

/** The candle interval and the number of points of each range. */
export const HISTORY_RANGES = {
  '1d': { interval: '15m', points: 96 },
  '1w': { interval: '1h', points: 168 },
  '1m': { interval: '1d', points: 30 },
  '3m': { interval: '1d', points: 90 },
  '1y': { interval: '1d', points: 365 },
  all: { interval: '1d', points: MAX_HISTORY_POINTS },
} as const satisfies Record<string, Resolution>;
export type HistoryRange = keyof typeof HISTORY_RANGES;
export type HistoryInterval = (typeof HISTORY_RANGES)[HistoryRange]['interval'];

export interface HistorySpan {
  /** ISO 8601, UTC. */
  readonly now: IsoTime;
  readonly createdAt: IsoTime;
}

/**
 * Returns the past moments of a history, oldest first and without the present: multiples of its interval, and the creation
 * of the account where the range reaches back to it.
 */
export function historyTimes(range: HistoryRange, { now, createdAt }: HistorySpan): IsoTime[] {
  const { interval, points } = HISTORY_RANGES[range];
  const stepMilliseconds = CANDLE_SECONDS[interval] * 1_000;
  const newest = Date.parse(candleOpenTime(interval, isoTime(new Date(Date.parse(now) - 1))));
  const times: IsoTime[] = [];
  for (let back = points - 2; back >= 0; back -= 1) {
    const at = isoTime(new Date(newest - back * stepMilliseconds));
    if (at >= createdAt) times.push(at);
  }
  const goesBackToCreation = times.length < points - 1 && createdAt < now;
  return goesBackToCreation && times[0] !== createdAt ? [createdAt, ...times] : times;
}
