import type { Quote } from '@cnop/common/entities/inventory/quote';
import { scaledPrice } from '@cnop/common/trading/trigger-rules';

/** A quote with the time of its arrival. */
export interface SeenQuote {
  readonly quote: Quote;
  readonly seenAtMilliseconds: number;
  /** It was young enough on arrival to trigger an order. */
  readonly isFresh: boolean;
}

/**
 * The longest time between the end of the quote that an order was accepted at and the order's appearance in the index:
 * the quote may have been old where the order was accepted, the commit takes time, and an index may lag.
 */
const LATE_MILLISECONDS = 20_000;
/** How long quotes are kept for orders that appear even later. */
const RECENT_MILLISECONDS = 120_000;
const MAX_RECENT_QUOTES = 1_000;
/** The most older quotes kept until they are processed; only those that may still trigger an order are. */
const MAX_OLDER_QUOTES = 5_000;

/** The latest quotes of one asset: those not processed yet, and those that late orders may need. */
export interface QuoteWindow {
  add(seen: SeenQuote): void;
  latest(): Quote | undefined;
  /** Returns the `seq` of the oldest quote. */
  firstSeq(): number | undefined;
  /** Returns the quotes after a `seq`, in the order of time. */
  after(seq: number): readonly SeenQuote[];
  /** Returns the quotes that may trigger an order: not processed yet, or so recent that an order may have missed them. */
  unsettled(): readonly SeenQuote[];
  /** Marks everything up to a `seq` as processed, by an attempt that began at the given time. */
  settle(seq: number, beganAtMilliseconds: number): void;
  /**
   * Returns the `seq` of the earliest quote that an order appearing after a moment may have been accepted at; undefined
   * when the quotes do not reach back that far.
   */
  seqBefore(milliseconds: number): number | undefined;
  /** Drops quotes that are no longer needed. */
  prune(nowMilliseconds: number): void;
}

/** Creates an empty window. */
export function createQuoteWindow(): QuoteWindow {
  let seen: SeenQuote[] = [];
  let settledSeq = -1;
  let settledAtMilliseconds = Number.NEGATIVE_INFINITY;

  /** Returns the index of the first quote after a `seq`, by binary search. */
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

  /** Returns the index of the quote that was the latest at a moment; -1 when that was before all of them. */
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
 * Keeps only the older quotes whose bid is below or above every later one. They are enough to tell whether a stop was
 * triggered since an order's acceptance.
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
