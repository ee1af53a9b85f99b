import type { Quote } from '@cnop/common/entities/inventory/quote';
import { scaledPrice } from './scaled-price.ts';

/** A quote as it came in. */
export interface SeenQuote {
  readonly quote: Quote;
  readonly seenAtMilliseconds: number;
  /** Whether it was young enough to fire an order when it came. */
  readonly isFresh: boolean;
}

/**
 * An order may show up this much later than the quote it was accepted at was replaced: the quote may have been a little
 * old where it was accepted, the commit takes its time, and an index lags behind.
 */
const LATE_MILLISECONDS = 20_000;
/** What an order that is learnt of even later can be told. */
const RECENT_MILLISECONDS = 120_000;
const MAX_RECENT_QUOTES = 1_000;
/** Older quotes that wait to be acted on; of these only such as may still touch an order are kept. */
const MAX_OLDER_QUOTES = 5_000;

/** The latest quotes of one asset: those that were not acted on yet, and those that late orders may ask for. */
export interface QuoteWindow {
  add(seen: SeenQuote): void;
  latest(): Quote | undefined;
  /** The first `seq` that is there. */
  firstSeq(): number | undefined;
  /** Those after a `seq`, in the order of time. */
  after(seq: number): readonly SeenQuote[];
  /** Those that may fire an order: not acted on, or so recent that an order may have been late for them. */
  unsettled(): readonly SeenQuote[];
  /** Everything up to a `seq` was acted on, by an attempt that began at a moment. */
  settle(seq: number, beganAtMilliseconds: number): void;
  /**
   * The earliest quote at which an order may have been accepted that shows up after a moment; undefined when the quotes
   * do not reach back that far.
   */
  seqBefore(milliseconds: number): number | undefined;
  /** Drops what nobody asks for any more. */
  prune(nowMilliseconds: number): void;
}

export function createQuoteWindow(): QuoteWindow {
  let seen: SeenQuote[] = [];
  let settledSeq = -1;
  let settledAtMilliseconds = Number.NEGATIVE_INFINITY;

  /** The place of the first quote after a `seq`. */
  function placeAfter(seq: number): number {
    let low = 0;
    let high = seen.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((seen[middle]?.quote.seq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The place of the quote that was the latest one at a moment; -1 when that was before all of them. */
  function placeAt(milliseconds: number): number {
    return seen.findLastIndex(({ seenAtMilliseconds }) => seenAtMilliseconds <= milliseconds);
  }

  return {
    add(quote) {
      seen.push(quote);
    },
    latest: () => seen.at(-1)?.quote,
    firstSeq: () => seen[0]?.quote.seq,
    after: (seq) => seen.slice(placeAfter(seq)),
    unsettled() {
      const since = settledAtMilliseconds - LATE_MILLISECONDS;
      return seen.filter(
        ({ isFresh, quote, seenAtMilliseconds }) =>
          isFresh && (quote.seq > settledSeq || seenAtMilliseconds >= since),
      );
    },
    settle(seq, beganAtMilliseconds) {
      settledSeq = seq;
      settledAtMilliseconds = beganAtMilliseconds;
    },
    seqBefore: (milliseconds) => seen[placeAt(milliseconds - LATE_MILLISECONDS)]?.quote.seq,
    prune(nowMilliseconds) {
      const oldestWanted = Math.max(
        placeAt(nowMilliseconds - RECENT_MILLISECONDS),
        seen.length - MAX_RECENT_QUOTES,
      );
      if (oldestWanted <= 0) return;
      const recent = seen.slice(oldestWanted);
      const older = seen
        .slice(0, oldestWanted)
        .filter(({ isFresh, quote }) => isFresh && quote.seq > settledSeq);
      seen = [...condensed(older, recent).slice(-MAX_OLDER_QUOTES), ...recent];
    },
  };
}

/**
 * Of older quotes those that went further than everything after them. Whether a stop was touched since an order's
 * acceptance is told by these alone.
 */
function condensed(older: readonly SeenQuote[], newer: readonly SeenQuote[]): SeenQuote[] {
  if (older.length === 0) return [];
  const bids = newer.map(({ quote }) => scaledPrice(quote.bid));
  let lowest = bids.reduce<bigint | undefined>(
    (low, bid) => (low === undefined || bid < low ? bid : low),
    undefined,
  );
  let highest = bids.reduce<bigint | undefined>(
    (high, bid) => (high === undefined || bid > high ? bid : high),
    undefined,
  );
  const kept: SeenQuote[] = [];
  for (const each of older.toReversed()) {
    const bid = scaledPrice(each.quote.bid);
    if (lowest !== undefined && highest !== undefined && bid >= lowest && bid <= highest) continue;
    if (lowest === undefined || bid < lowest) lowest = bid;
    if (highest === undefined || bid > highest) highest = bid;
    kept.push(each);
  }
  return kept.toReversed();
}
