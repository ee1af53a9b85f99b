import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Trigger } from './execute-triggered-order.ts';
import type { AcceptedStop } from './missed-prices.ts';
import { replayMissed } from './missed-prices.ts';
import type { BidAt } from './peak-groups.ts';
import { highestPeakFor } from './price-peaks.ts';
import type { SeenQuote } from './quote-window.ts';
import type { TrailingStop } from './trailing-book.ts';
import { catchUp, createTrailingBook } from './trailing-book.ts';

/** A trailing stop that fired and is still to be executed. */
export interface TouchedOrder {
  readonly orderId: string;
  readonly username: string;
  readonly trigger: Trigger;
}

/** What trailing stops begin with after a time when nobody followed them. */
export interface StoredStops {
  readonly stops: readonly AcceptedStop[];
  /** Bids that are known by their quotes, in any order. */
  readonly bids: readonly BidAt[];
  /** Quotes of the time when no engine followed them. */
  readonly recorded: readonly Quote[];
  /** From here on all quotes are still to be followed: above those of the record. */
  readonly firstSeq: number;
}

/** The trailing stops of one asset that are known, in whichever of three states each is. */
export interface FollowedStops {
  isKnown(orderId: string): boolean;
  /** Forgets everything and begins anew. */
  restore(stored: StoredStops): void;
  /** Follows quotes, in the order of time; those that were followed are left out. */
  follow(seen: readonly SeenQuote[]): void;
  /** The last quote that was followed. */
  followedSeq(): number;
  /**
   * Takes in an order, with what it missed.
   * @param missed the quotes since its acceptance, up to the last that was followed
   */
  takeIn(stop: AcceptedStop, missed: readonly SeenQuote[], peaks: readonly BidAt[]): void;
  forget(orderId: string): void;
  touched(): readonly TouchedOrder[];
  triggerOf(orderId: string): Trigger | undefined;
  /** The orders that wait to be touched. */
  waitingIds(): Iterable<string>;
  /** The bids that are the peaks of waiting orders, and those that became so since this was asked last. */
  raises(): BidAt[];
  takeNewRaises(): BidAt[];
}

export function createFollowedStops(): FollowedStops {
  const touched = new Map<string, TouchedOrder>();
  /** Accepted at quotes that have not come yet: another process may be ahead. */
  const early = new Map<string, AcceptedStop>();
  let book = createTrailingBook();
  let followedSeq = -1;

  const touch = (
    { orderId, username }: Pick<TrailingStop, 'orderId' | 'username'>,
    trigger: Trigger,
  ): void => {
    touched.set(orderId, { orderId, username, trigger });
  };

  function admitEarly(seq: number): void {
    for (const [orderId, stop] of early) {
      if (stop.accepted.seq >= seq) continue;
      early.delete(orderId);
      book.add(stop, { bid: stop.accepted.bid, raisedBy: undefined });
    }
  }

  return {
    isKnown: (orderId) => book.has(orderId) || touched.has(orderId) || early.has(orderId),

    restore({ stops, bids, recorded, firstSeq }) {
      const isPast = ({ seq }: BidAt): boolean => seq < firstSeq;
      const past = stops.filter(({ accepted }) => isPast(accepted));
      const pastBids = bids.filter(isPast);
      book = createTrailingBook();
      touched.clear();
      early.clear();
      for (const stop of stops) if (!isPast(stop.accepted)) early.set(stop.orderId, stop);
      for (const stop of replayMissed(book, { stops: past, bids: pastBids, recorded })) {
        touch(stop, { quote: stop.quote, price: stop.stopPrice });
      }
      const followed = [...pastBids, ...recorded, ...past.map(({ accepted }) => accepted)];
      followedSeq = followed.reduce((last, { seq }) => Math.max(last, seq), -1);
    },

    follow(seen) {
      for (const { quote, isFresh } of seen) {
        if (quote.seq <= followedSeq) continue;
        admitEarly(quote.seq);
        followedSeq = quote.seq;
        // It repeats the price before a jump, after a start one from before the orders: it raises no peak.
        if (quote.suspended) continue;
        for (const stop of book.follow(quote, isFresh)) touch(stop, { quote, price: stop.stopPrice });
      }
    },

    followedSeq: () => followedSeq,

    takeIn(stop, missed, peaks) {
      if (stop.accepted.seq > followedSeq) {
        early.set(stop.orderId, stop);
        return;
      }
      const caughtUp = catchUp(stop, highestPeakFor(stop.accepted, peaks), bidsOf(missed));
      if (!caughtUp.isTouched) {
        book.add(stop, caughtUp.peak);
        return;
      }
      const by = missed.find(({ quote }) => quote.seq === caughtUp.by.seq);
      if (by) touch(stop, { quote: by.quote, price: caughtUp.stopPrice });
    },

    forget(orderId) {
      book.remove(orderId);
      touched.delete(orderId);
      early.delete(orderId);
    },

    touched: () => [...touched.values()],
    triggerOf: (orderId) => touched.get(orderId)?.trigger,
    waitingIds: () => book.orderIds(),
    raises: () => book.raises(),
    takeNewRaises: () => book.takeNewRaises(),
  };
}

/** A suspended quote repeats the price before a jump: it raises no peak. */
function bidsOf(seen: readonly SeenQuote[]) {
  return seen.flatMap(({ quote: { seq, bid, at, suspended }, isFresh }) =>
    suspended ? [] : [{ seq, bid, at, fires: isFresh }],
  );
}
