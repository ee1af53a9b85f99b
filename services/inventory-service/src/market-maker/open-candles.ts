import type { Decimal } from '@cnop/common/core/money';
import { ZERO } from '@cnop/common/core/money';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { PublicTrade } from '@cnop/common/market/trade-feed';
import {
  CANDLE_INTERVALS,
  closeTimeOf,
  joinCandles,
  openCandle,
  SHORTEST_INTERVAL,
  withVolume,
} from '../domain/candle-rules.ts';

/** A candle whose span is not over. */
interface OpenCandle {
  candle: Candle;
  readonly closesAtMilliseconds: number;
  isUnwritten: boolean;
}

/** The open candles of one asset, one of each interval at most. */
export interface OpenCandles {
  readonly byInterval: Map<CandleInterval, OpenCandle>;
  /** Up to when spans are over and told, in milliseconds since the epoch: what comes late must not open one again. */
  readonly closedUntil: Map<CandleInterval, number>;
  /** What the next span begins with when it begins with a trade. */
  lastQuote: Quote | undefined;
  /** Units traded in all the open spans that are not in the candles' volumes yet. */
  uncounted: Decimal;
}

export function noOpenCandles(): OpenCandles {
  return { byInterval: new Map(), closedUntil: new Map(), lastQuote: undefined, uncounted: ZERO };
}

/**
 * Changes the candles that are open at a moment, opening at the quote those that are not.
 * @param quote its time is the moment; one before a span that has begun counts to that span, since either the clock was
 *   set back or the news came late
 * @returns the candles whose span was over
 */
export function changeOpenCandles(
  open: OpenCandles,
  quote: Quote,
  change: (candle: Candle) => Candle,
): Candle[] {
  const { byInterval, closedUntil } = open;
  const atMilliseconds = Date.parse(quote.at);
  const closed = closeOpenCandles(open, atMilliseconds);
  for (const interval of CANDLE_INTERVALS) {
    let present = byInterval.get(interval);
    if (!present) {
      const opensAt = new Date(Math.max(atMilliseconds, closedUntil.get(interval) ?? 0)).toISOString();
      present = opened(openCandle(interval, { ...quote, at: opensAt }), true);
      byInterval.set(interval, present);
    }
    const changed = change(present.candle);
    if (changed === present.candle) continue;
    present.candle = changed;
    present.isUnwritten = true;
  }
  return closed;
}

/**
 * Counts a trade at the last quote. Under load there are thousands between two quotes: those within the open spans are
 * added up, and put into the candles when somebody looks at them.
 * @returns the candles whose span was over
 */
export function countTrade(open: OpenCandles, lastQuote: Quote, { quantity, at }: PublicTrade): Candle[] {
  const shortest = open.byInterval.get(SHORTEST_INTERVAL);
  const areAllOpen = shortest && open.byInterval.size === CANDLE_INTERVALS.length;
  if (areAllOpen && Date.parse(at) < shortest.closesAtMilliseconds) {
    open.uncounted = open.uncounted.plus(quantity);
    return [];
  }
  return changeOpenCandles(open, { ...lastQuote, at }, (candle) => withVolume(candle, quantity));
}

/** Puts the trades that were added up into the candles: to be called before anybody looks at those. */
export function settleVolumes(open: OpenCandles): void {
  if (open.uncounted.eq(ZERO)) return;
  for (const present of open.byInterval.values()) {
    present.candle = withVolume(present.candle, open.uncounted);
    present.isUnwritten = true;
  }
  open.uncounted = ZERO;
}

/** Takes out the candles whose span is over, as final ones. */
export function closeOpenCandles(open: OpenCandles, nowMilliseconds: number): Candle[] {
  settleVolumes(open);
  const { byInterval, closedUntil } = open;
  const closed: Candle[] = [];
  for (const { candle, closesAtMilliseconds } of byInterval.values()) {
    if (closesAtMilliseconds > nowMilliseconds) continue;
    byInterval.delete(candle.interval);
    closedUntil.set(candle.interval, closesAtMilliseconds);
    closed.push({ ...candle, final: true });
  }
  return closed;
}

/** Goes on with a candle that is stored. */
export function resumeOpenCandle({ byInterval }: OpenCandles, stored: Candle): void {
  byInterval.set(stored.interval, opened(stored, false));
}

/** Joins what came before to the open candle of the same span; false when there is none. */
export function joinToOpenCandle({ byInterval }: OpenCandles, earlier: Candle): boolean {
  const present = byInterval.get(earlier.interval);
  if (present?.candle.open_time !== earlier.open_time) return false;
  present.candle = joinCandles(earlier, present.candle);
  present.isUnwritten = true;
  return true;
}

/** The open candles that changed since they were last taken. */
export function takeChangedCandles(open: OpenCandles): Candle[] {
  settleVolumes(open);
  const changed = [...open.byInterval.values()].filter(({ isUnwritten }) => isUnwritten);
  for (const present of changed) present.isUnwritten = false;
  return changed.map(({ candle }) => candle);
}

/** The open candles of these intervals were not written after all. */
export function markUnwritten({ byInterval }: OpenCandles, interval: CandleInterval): void {
  const present = byInterval.get(interval);
  if (present) present.isUnwritten = true;
}

function opened(candle: Candle, isUnwritten: boolean): OpenCandle {
  return { candle, closesAtMilliseconds: closeTimeOf(candle), isUnwritten };
}
