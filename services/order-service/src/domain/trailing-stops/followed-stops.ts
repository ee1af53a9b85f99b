import type { OrderId, Username } from '@cnop/common/core/brands';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Trigger } from '@cnop/common/entities/order/order';
import type { SeenQuote } from '../triggers/quote-window.ts';
import type { BidAt } from './peaks.ts';
import { highestPeakFor } from './peaks.ts';
import type { TrailingIndex, TrailingStop, TriggeredStop } from './trailing-index.ts';
import { catchUp, createTrailingIndex } from './trailing-index.ts';

/** A trailing stop with the quote of its acceptance. */
export interface AcceptedStop extends TrailingStop {
  readonly accepted: BidAt;
}

/** A trailing stop that was triggered and is still to be executed. */
export interface TriggeredOrder {
  readonly orderId: OrderId;
  readonly username: Username;
  readonly trigger: Trigger;
}

/** The stored state that trailing stops are restored from. */
export interface StoredStops {
  readonly stops: readonly AcceptedStop[];
  /** Bids of known quotes, in any order. */
  readonly bids: readonly BidAt[];
  /** Quotes on record from the time without an engine, in the order of their `seq`. */
  readonly recorded: readonly Quote[];
  /** Quotes from this `seq` on are still to be processed; it is above those of the record. */
  readonly firstSeq: number;
}

/** The known trailing stops of one asset: open, triggered, or accepted at a quote that has not arrived yet. */
export interface FollowedStops {
  isKnown(orderId: OrderId): boolean;
  /** Replaces the whole state. */
  restore(stored: StoredStops): void;
  /** Processes quotes, in the order of time. Skips quotes that were processed before. */
  follow(seen: readonly SeenQuote[]): void;
  /** Returns the `seq` of the last processed quote. */
  followedSeq(): number;
  /**
   * Adds an order and catches up on the quotes that it missed.
   * @param missed the quotes since its acceptance, up to the last processed one
   */
  takeIn(stop: AcceptedStop, missed: readonly SeenQuote[], peaks: readonly BidAt[]): void;
  forget(orderId: OrderId): void;
  /** Returns the triggered orders that are still to be executed. */
  triggered(): readonly TriggeredOrder[];
  triggerOf(orderId: OrderId): Trigger | undefined;
  /** Returns the ids of the orders that are not triggered yet. */
  openIds(): Iterable<OrderId>;
  /** Returns the bids that the peaks of the open orders can be restored from. */
  raises(): BidAt[];
  /** Returns the bids that raised a peak since the last call, in the order of time. */
  takeNewRaises(): BidAt[];
}

/** Creates an empty state without any known stop. */
export function createFollowedStops(): FollowedStops {
  const triggered = new Map<OrderId, TriggeredOrder>();
  /** Accepted at quotes that have not arrived yet: the process that accepted them may be ahead of this one. */
  const early = new Map<OrderId, AcceptedStop>();
  let index = createTrailingIndex();
  let followedSeq = -1;

  const addTriggered = (
    { orderId, username }: Pick<TrailingStop, 'orderId' | 'username'>,
    trigger: Trigger,
  ): void => {
    triggered.set(orderId, { orderId, username, trigger });
  };

  function admitEarly(seq: number): void {
    for (const [orderId, stop] of early) {
      if (stop.accepted.seq >= seq) continue;
      early.delete(orderId);
      index.add(stop, { bid: stop.accepted.bid, raisedBy: undefined });
    }
  }

  return {
    isKnown: (orderId) => index.has(orderId) || triggered.has(orderId) || early.has(orderId),

    restore({ stops, bids, recorded, firstSeq }) {
      const isPast = ({ seq }: BidAt): boolean => seq < firstSeq;
      const past = stops.filter(({ accepted }) => isPast(accepted));
      const pastBids = bids.filter(isPast);
      index = createTrailingIndex();
      triggered.clear();
      early.clear();
      for (const stop of stops) if (!isPast(stop.accepted)) early.set(stop.orderId, stop);
      for (const stop of replayMissed(index, { stops: past, bids: pastBids, recorded })) {
        addTriggered(stop, { quote: stop.quote, price: stop.stopPrice });
      }
      const followed = [...pastBids, ...recorded, ...past.map(({ accepted }) => accepted)];
      followedSeq = followed.reduce((last, { seq }) => Math.max(last, seq), -1);
    },

    follow(seen) {
      for (const { quote, isFresh } of seen) {
        if (quote.seq <= followedSeq) continue;
        admitEarly(quote.seq);
        followedSeq = quote.seq;
        // A suspended quote repeats the price before a jump, which may be older than the orders: it raises no peak.
        if (quote.suspended) continue;
        for (const stop of index.follow(quote, isFresh)) addTriggered(stop, { quote, price: stop.stopPrice });
      }
    },

    followedSeq: () => followedSeq,

    takeIn(stop, missed, peaks) {
      if (stop.accepted.seq > followedSeq) {
        early.set(stop.orderId, stop);
        return;
      }
      const caughtUp = catchUp(stop, highestPeakFor(stop.accepted, peaks), bidsOf(missed));
      if (!caughtUp.isTriggered) {
        index.add(stop, caughtUp.peak);
        return;
      }
      const by = missed.find(({ quote }) => quote.seq === caughtUp.by.seq);
      if (by) addTriggered(stop, { quote: by.quote, price: caughtUp.stopPrice });
    },

    forget(orderId) {
      index.remove(orderId);
      triggered.delete(orderId);
      early.delete(orderId);
    },

    triggered: () => [...triggered.values()],
    triggerOf: (orderId) => triggered.get(orderId)?.trigger,
    openIds: () => index.orderIds(),
    raises: () => index.raises(),
    takeNewRaises: () => index.takeNewRaises(),
  };
}

/** A suspended quote repeats the price before a jump: it raises no peak. */
function bidsOf(seen: readonly SeenQuote[]) {
  return seen.flatMap(({ quote: { seq, bid, at, suspended }, isFresh }) =>
    suspended ? [] : [{ seq, bid, at, canTrigger: isFresh }],
  );
}

type MissedTrigger = TriggeredStop & { readonly quote: Quote };

/**
 * Fills an empty index with open trailing stops, and replays the quotes on record since their acceptances. The record has
 * some of the quotes that there were, so an order triggered by it was triggered.
 * @param bids known from elsewhere; they raise peaks and trigger nothing
 */
function replayMissed(
  index: TrailingIndex,
  { stops, bids, recorded }: Pick<StoredStops, 'stops' | 'bids' | 'recorded'>,
): MissedTrigger[] {
  const triggered: MissedTrigger[] = [];
  for (const event of eventsOf(stops, bids, recorded)) {
    if (event.kind === 'stop') {
      index.add(event.stop, { bid: event.stop.accepted.bid, raisedBy: undefined });
    } else if (event.kind === 'bid') {
      index.follow(event.bid, false);
    } else {
      for (const stop of index.follow(event.quote)) triggered.push({ ...stop, quote: event.quote });
    }
  }
  return triggered;
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
    // The stops last: sorting is stable, and an order does not react to the quote that it was accepted at.
    ...bids.map(({ seq, bid, at }) => ({ kind: 'bid', seq, bid: { seq, bid, at } }) as const),
    ...recorded.map((quote) => ({ kind: 'quote', seq: quote.seq, quote }) as const),
    ...stops.map((stop) => ({ kind: 'stop', seq: stop.accepted.seq, stop }) as const),
  ];
  return events.sort((one, other) => one.seq - other.seq);
}
