import { decimal } from '@cnop/common/core/money';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS } from '@cnop/common/entities/inventory/candle';

/** A stretch of time, in milliseconds since the epoch; its end is not part of it. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** Candles of one interval that follow each other; both ends are opening times. */
export interface CandleSpan {
  readonly interval: CandleInterval;
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

const COARSEST_FIRST = ['1d', '1h', '15m', '5m', '1m'] as const satisfies readonly CandleInterval[];
const FINEST = '1m';
/** As many candles as one query brings. Up to here the finest say it all at once. */
const MAX_FINEST = 1_000;

/**
 * The candles that lie inside a period, each stretch of it by the longest that fits: as exact as minutes, and a few
 * hundred candles for a whole year.
 */
export function candleSpansOf(period: Period): CandleSpan[] {
  const isShort = period.to - period.from <= MAX_FINEST * lengthOf(FINEST);
  return spansWithin(period, isShort ? [FINEST] : COARSEST_FIRST);
}

function spansWithin({ from, to }: Period, intervals: readonly CandleInterval[]): CandleSpan[] {
  const [interval, ...finer] = intervals;
  if (interval === undefined || from >= to) return [];
  const length = lengthOf(interval);
  const first = Math.ceil(from / length) * length;
  const end = Math.floor(to / length) * length;
  if (first >= end) return spansWithin({ from, to }, finer);
  const count = (end - first) / length;
  return [
    ...spansWithin({ from, to: first }, finer),
    { interval, from: timeOf(first), to: timeOf(end - length), count },
    ...spansWithin({ from: end, to }, finer),
  ];
}

/** The candles of the next shorter interval within one; none within the shortest. */
export function partsOf({
  interval,
  open_time,
}: Pick<Candle, 'interval' | 'open_time'>): CandleSpan | undefined {
  const finer = COARSEST_FIRST[COARSEST_FIRST.indexOf(interval) + 1];
  if (finer === undefined) return undefined;
  const from = Date.parse(open_time);
  return spansWithin({ from, to: from + lengthOf(interval) }, [finer])[0];
}

/** The end of the minute that a moment lies in: with it as the end of a period, that minute's candle is inside. */
export function endOfMinute(at: number): number {
  const length = lengthOf(FINEST);
  return (Math.floor(at / length) + 1) * length;
}

export type Extreme = 'lowest' | 'highest';

/** The candle that reaches furthest, the earliest of several. */
export function furthest(candles: readonly Candle[], extreme: Extreme): Candle | undefined {
  return candles.reduce<Candle | undefined>(
    (best, candle) => (best && !reachesFurther(candle, best, extreme) ? best : candle),
    undefined,
  );
}

function reachesFurther(candle: Candle, than: Candle, extreme: Extreme): boolean {
  const price = decimal(reachOf(candle, extreme));
  return extreme === 'lowest' ? price.lt(than.low) : price.gt(than.high);
}

/** How far the price of a candle went. */
export function reachOf(candle: Candle, extreme: Extreme): string {
  return extreme === 'lowest' ? candle.low : candle.high;
}

function lengthOf(interval: CandleInterval): number {
  return CANDLE_SECONDS[interval] * 1_000;
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
