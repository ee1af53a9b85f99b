import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { quoteAround } from '@cnop/common/entities/inventory/quote-rules';
import type { BidAt } from './peak-groups.ts';
import type { PlacedQuote, PriceSpan } from './price-span.ts';
import { createPriceSpan } from './price-span.ts';
import type { TouchedStop, TrailingBook, TrailingStop } from './trailing-book.ts';

const MINUTE_MILLISECONDS = CANDLE_SECONDS['1m'] * 1_000;
/** Candles do not know their quotes: what is told out of one has no `seq`. */
const NO_SEQ = 0;

/** What is on record of the prices of one minute. */
export interface MissedMinute {
  readonly opensAt: number;
  readonly low: Quote;
  readonly high: Quote;
  readonly close: Quote;
  /** False when the recording may have ended before the minute did. */
  readonly isFinal: boolean;
}

type QuotedAsset = Pick<Asset, 'asset_id' | 'spread_bps' | 'price_scale'>;

/** The quotes of a minute, out of the middle prices that its candle has. */
export function missedMinute(
  asset: QuotedAsset,
  { open_time, low, high, close, final, source }: Candle,
): MissedMinute {
  const quoteOf = (mid: string): Quote => quoteAround(asset, { mid, at: open_time, source, seq: NO_SEQ });
  return {
    opensAt: Date.parse(open_time),
    low: quoteOf(low),
    high: quoteOf(high),
    close: quoteOf(close),
    isFinal: final,
  };
}

/**
 * What stops are held against. The minute of its acceptance counts for an order with its last price alone: that one
 * certainly came after. Later ones count in full.
 */
export function missedSpan(minutes: readonly MissedMinute[]): PriceSpan | undefined {
  const places = minutes.flatMap(({ opensAt, low, high, close, isFinal }): PlacedQuote[] => [
    { quote: low, place: opensAt },
    { quote: high, place: opensAt },
    ...(isFinal ? [{ quote: close, place: opensAt + MINUTE_MILLISECONDS - 1 }] : []),
  ]);
  return createPriceSpan(places, ({ at }) => Date.parse(at));
}

/** A trailing stop with the quote of its acceptance. */
export interface AcceptedStop extends TrailingStop {
  readonly accepted: BidAt;
}

export interface MissedTouch extends TouchedStop {
  readonly quote: Quote;
}

/**
 * Fills an empty book with what waited, as the prices since would have left it.
 *
 * Within one minute nobody knows whether the low or the high came first. So a low is held against the peaks from before
 * its minute, and the last price against all: what fires by that did fire. A fall from a high of the same minute that
 * was over at its end is not seen.
 * @param bids those that are known by their quotes, and with them which acceptances they came after; they fire nothing
 */
export function replayMissed(
  book: TrailingBook,
  {
    stops,
    bids,
    minutes,
  }: {
    readonly stops: readonly AcceptedStop[];
    readonly bids: readonly BidAt[];
    readonly minutes: readonly MissedMinute[];
  },
): MissedTouch[] {
  const touched: MissedTouch[] = [];
  const known = knownEvents(stops, bids);
  let next = 0;
  let lastSeq = 0;

  const advance = (until: number): void => {
    for (let event = known[next]; event && Date.parse(event.at) < until; event = known[next]) {
      next += 1;
      lastSeq = event.seq;
      if (event.stop) book.add(event.stop, { bid: event.bid, raisedBy: undefined });
      else book.follow(event, false);
    }
  };
  const follow = (quote: Quote): void => {
    // Above the acceptances so far and not above any to come: these have seen the price, and those have not.
    const bid = { seq: lastSeq + 1, bid: quote.bid, at: quote.at };
    for (const stop of book.follow(bid)) touched.push({ ...stop, quote });
  };

  for (const { opensAt, low, high, close, isFinal } of minutes) {
    advance(opensAt);
    follow(low);
    follow(high);
    if (isFinal) advance(opensAt + MINUTE_MILLISECONDS);
    follow(close);
  }
  advance(Number.POSITIVE_INFINITY);
  return touched;
}

interface KnownEvent extends BidAt {
  /** Absent when it is a bid alone. */
  readonly stop: AcceptedStop | undefined;
}

function knownEvents(stops: readonly AcceptedStop[], bids: readonly BidAt[]): KnownEvent[] {
  const events: KnownEvent[] = [
    // The bids first: sorting is stable, and a bid is no news to the orders that were accepted at it.
    ...bids.map(({ seq, bid, at }) => ({ seq, bid, at, stop: undefined })),
    ...stops.map((stop) => ({ ...stop.accepted, stop })),
  ];
  return events.toSorted((one, other) => one.seq - other.seq);
}
