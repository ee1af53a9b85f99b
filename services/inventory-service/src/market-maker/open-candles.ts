import { isoTime } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { ZERO } from '@cnop/common/core/money';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { PublicTrade } from '@cnop/common/market/market-data';
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
}

/** The open candles of one asset, at most one of each interval. */
export interface OpenCandles {
  readonly byInterval: Map<CandleInterval, OpenCandle>;
  /** The end of the last closed span, in milliseconds since the epoch: a late trade must not open that span again. */
  readonly closedUntil: Map<CandleInterval, number>;
  /** The quote at which a span opens that begins with a trade. */
  lastQuote: Quote | undefined;
  /** Units traded in all open spans that the volumes of the candles do not include yet. */
  uncounted: Decimal;
  /** Whether they changed since they were written. */
  isUnwritten: boolean;
}

/** Creates the state of an asset without open candles. */
export function noOpenCandles(): OpenCandles {
  return {
    byInterval: new Map(),
    closedUntil: new Map(),
    lastQuote: undefined,
    uncounted: ZERO,
    isUnwritten: false,
  };
}

/**
 * Applies a change to the open candles, and opens missing ones at the quote.
 * @param quote the quote with the time of the change; a time before the open span counts to that span, since the clock was
 *   set back or the change is late
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
      const opensAt = isoTime(new Date(Math.max(atMilliseconds, closedUntil.get(interval) ?? 0)));
      present = toOpenCandle(openCandle(interval, { ...quote, at: opensAt }));
      byInterval.set(interval, present);
      open.isUnwritten = true;
    }
    const changed = change(present.candle);
    if (changed === present.candle) continue;
    present.candle = changed;
    open.isUnwritten = true;
  }
  return closed;
}

/**
 * Adds a trade at the last quote. Under load there are thousands between two quotes, so those within the open spans are
 * added up and settled when the candles are read.
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

/** Adds the summed trades to the candles. Call it before reading them. */
export function settleVolumes(open: OpenCandles): void {
  if (open.uncounted.eq(ZERO)) return;
  for (const present of open.byInterval.values()) {
    present.candle = withVolume(present.candle, open.uncounted);
  }
  open.isUnwritten = true;
  open.uncounted = ZERO;
}

/** Removes the candles whose span is over, and returns them as final ones. */
export function closeOpenCandles(open: OpenCandles, nowMilliseconds: number): Candle[] {
  settleVolumes(open);
  const { byInterval, closedUntil } = open;
  const closed: Candle[] = [];
  for (const { candle, closesAtMilliseconds } of byInterval.values()) {
    if (closesAtMilliseconds > nowMilliseconds) continue;
    byInterval.delete(candle.interval);
    closedUntil.set(candle.interval, closesAtMilliseconds);
    closed.push({ ...candle, final: true });
    open.isUnwritten = true;
  }
  return closed;
}

/** Continues a stored candle. */
export function resumeOpenCandle({ byInterval }: OpenCandles, stored: Candle): void {
  byInterval.set(stored.interval, toOpenCandle(stored));
}

/** Joins an earlier part to the open candle of the same span; returns false when there is none. */
export function joinToOpenCandle(open: OpenCandles, earlier: Candle): boolean {
  const present = open.byInterval.get(earlier.interval);
  if (present?.candle.open_time !== earlier.open_time) return false;
  present.candle = joinCandles(earlier, present.candle);
  open.isUnwritten = true;
  return true;
}

/** Takes the open candles, the shortest first, if any of them changed or closed since the last call. */
export function takeChangedCandles(open: OpenCandles): Candle[] | undefined {
  settleVolumes(open);
  if (!open.isUnwritten) return undefined;
  open.isUnwritten = false;
  return CANDLE_INTERVALS.flatMap((interval) => open.byInterval.get(interval)?.candle ?? []);
}

function toOpenCandle(candle: Candle): OpenCandle {
  return { candle, closesAtMilliseconds: closeTimeOf(candle) };
}
