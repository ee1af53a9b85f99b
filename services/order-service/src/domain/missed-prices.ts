import { decimal, formatDecimal } from '@cnop/common/core/money';
import type { Candle, CandleQuote } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { BidAt } from './peak-groups.ts';
import type { TouchedStop, TrailingBook, TrailingStop } from './trailing-book.ts';

const MILLISECONDS_PER_SECOND = 1_000;

/**
 * Returns the quotes that a candle proves, in the order of time: those of its lowest, its highest and its last price. A
 * candle without quotes proves nothing, and neither does one prove anything of the rest of its span.
 */
export function recordedQuotes(candle: Candle): Quote[] {
  const { quotes, low, high, close } = candle;
  if (!quotes) return [];
  const recorded = [
    quoteOf(candle, low, quotes.low),
    quoteOf(candle, high, quotes.high),
    quoteOf(candle, close, quotes.close),
  ];
  const bySeq = new Map(recorded.map((quote) => [quote.seq, quote]));
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

function quoteOf(
  { asset_id, interval, open_time, source }: Candle,
  mid: string,
  { seq, bid }: CandleQuote,
): Quote {
  const opensAt = Date.parse(open_time);
  const lastMillisecond = opensAt + CANDLE_SECONDS[interval] * MILLISECONDS_PER_SECOND - 1;
  // The `seq` is the time of the quote, unless it ran ahead of the clock.
  const at = new Date(Math.min(Math.max(seq, opensAt), lastMillisecond)).toISOString();
  // Half of the spread lies on either side.
  const ask = formatDecimal(decimal(mid).plus(mid).minus(bid));
  return { asset_id, bid, ask, mid, at, source, seq };
}

/** A trailing stop with the quote of its acceptance. */
export interface AcceptedStop extends TrailingStop {
  readonly accepted: BidAt;
}

export interface MissedTouch extends TouchedStop {
  readonly quote: Quote;
}

/**
 * Fills an empty book with open trailing stops, as the recorded prices since their acceptances would have left it. The
 * record holds some of the quotes that there were, in the order of their `seq`: a stop that they trigger was triggered.
 * @param bids those that are known from elsewhere; they raise peaks and trigger nothing
 */
export function replayMissed(
  book: TrailingBook,
  {
    stops,
    bids,
    recorded,
  }: {
    readonly stops: readonly AcceptedStop[];
    readonly bids: readonly BidAt[];
    readonly recorded: readonly Quote[];
  },
): MissedTouch[] {
  const touched: MissedTouch[] = [];
  for (const event of eventsOf(stops, bids, recorded)) {
    if (event.kind === 'stop') book.add(event.stop, { bid: event.stop.accepted.bid, raisedBy: undefined });
    else if (event.kind === 'bid') book.follow(event.bid, false);
    else for (const stop of book.follow(event.quote)) touched.push({ ...stop, quote: event.quote });
  }
  return touched;
}

type KnownEvent = { readonly seq: number } & (
  | { readonly kind: 'bid'; readonly bid: BidAt }
  | { readonly kind: 'quote'; readonly quote: Quote }
  | { readonly kind: 'stop'; readonly stop: AcceptedStop }
);

function eventsOf(
  stops: readonly AcceptedStop[],
  bids: readonly BidAt[],
  recorded: readonly Quote[],
): KnownEvent[] {
  const events: KnownEvent[] = [
    // The stops last: sorting is stable, and a quote is no news to the orders that were accepted at it.
    ...bids.map(({ seq, bid, at }) => ({ kind: 'bid', seq, bid: { seq, bid, at } }) as const),
    ...recorded.map((quote) => ({ kind: 'quote', seq: quote.seq, quote }) as const),
    ...stops.map((stop) => ({ kind: 'stop', seq: stop.accepted.seq, stop }) as const),
  ];
  return events.sort((one, other) => one.seq - other.seq);
}
