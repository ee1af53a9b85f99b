import { MAX_SCALE } from '@cnop/common/core/money';
import { mergeHeaps, withoutSmallest } from './mergeable-heap.ts';
import type { BidAt, PeakGroup, TrailingNode } from './peak-groups.ts';
import { amountStop, asStop, createPeakGroups, percentStop } from './peak-groups.ts';
import { scaledPrice, unscaled } from './scaled-price.ts';

/** A waiting trailing stop: what it trails by is one of the two. */
export interface TrailingStop {
  readonly orderId: string;
  readonly username: string;
  /** USD. */
  readonly trailAmount: string | null;
  readonly trailPercent: string | null;
}

/** The highest bid that an order has seen, and the quote that raised it there: none while it is that of acceptance. */
export interface SeenPeak {
  readonly bid: string;
  readonly raisedBy: BidAt | undefined;
}

/** An order whose stop was touched. */
export interface TouchedStop {
  readonly orderId: string;
  readonly username: string;
  /** Exact: a percentage of a price may have more digits than a price. */
  readonly stopPrice: string;
}

export interface TrailingBook {
  size(): number;
  has(orderId: string): boolean;
  orderIds(): Iterable<string>;
  add(order: TrailingStop, peak: SeenPeak): void;
  remove(orderId: string): void;
  /**
   * Follows one bid, in the order of time: raises what it is higher than, and takes out what it touches.
   * @param fires false for a bid that may raise a stop but fire none
   */
  follow(bid: BidAt, fires?: boolean): TouchedStop[];
  /** The bids without which the peaks of the waiting orders could not be told again. */
  raises(): BidAt[];
  /** Those that have become such since this was asked last, in the order of time. */
  takeNewRaises(): BidAt[];
}

/** Percentages and prices have as many digits, so a percentage of a price has these. */
const STOP_SCALE = 2 * MAX_SCALE + 2;
/** Removed orders that may stay in the heaps until they are rebuilt. */
const MAX_LEFTOVERS = 1_024;

/**
 * The trailing stops of one asset. However many wait, a bid costs next to nothing unless it fires some: the orders that
 * it lifts to one new peak become one group, and of each group only the highest stop is looked at. A group that became
 * part of another never comes back, so all the merging of a day costs no more than the orders that came in.
 */
export function createTrailingBook(): TrailingBook {
  const waiting = new Map<string, TrailingNode>();
  const groups = createPeakGroups();
  let leftovers = 0;

  /** Takes out the order with the highest stop of a group; undefined when it was a leftover. */
  function takeHighest(group: PeakGroup): TouchedStop | undefined {
    const { byAmount, byPercent, peak, rank } = group;
    const isAmount = byAmount !== undefined && amountStop(peak, byAmount.key) === rank;
    const node = isAmount ? byAmount : byPercent;
    if (!node) return undefined;
    if (isAmount) group.byAmount = withoutSmallest(node);
    else group.byPercent = withoutSmallest(node);
    groups.settle(group);
    if (node.isGone) {
      leftovers -= 1;
      return undefined;
    }
    waiting.delete(node.orderId);
    return { orderId: node.orderId, username: node.username, stopPrice: unscaled(rank, STOP_SCALE) };
  }

  function clearGone(): void {
    groups.clearGone();
    leftovers = 0;
  }

  return {
    size: () => waiting.size,
    has: (orderId) => waiting.has(orderId),
    orderIds: () => waiting.keys(),

    add({ orderId, username, trailAmount, trailPercent }, { bid, raisedBy }) {
      const key = scaledPrice(trailAmount ?? trailPercent ?? '0');
      const node = { key, orderId, username, isGone: false, child: undefined, sibling: undefined };
      const group = groups.at(scaledPrice(bid));
      if (trailAmount === null) group.byPercent = mergeHeaps(group.byPercent, node);
      else group.byAmount = mergeHeaps(group.byAmount, node);
      if (raisedBy) groups.noteRaise(group, raisedBy);
      waiting.set(orderId, node);
      groups.settle(group);
    },

    remove(orderId) {
      const node = waiting.get(orderId);
      if (!node) return;
      // It stays where it is until it would fire: to look for it would cost more.
      node.isGone = true;
      waiting.delete(orderId);
      leftovers += 1;
      if (leftovers > Math.max(MAX_LEFTOVERS, waiting.size)) clearGone();
    },

    follow({ seq, bid, at }, fires = true) {
      const scaled = scaledPrice(bid);
      groups.lift(scaled, { seq, bid, at });
      const touched: TouchedStop[] = [];
      if (!fires) return touched;
      const touching = asStop(scaled);
      for (let top = groups.highest(); top && top.rank >= touching; top = groups.highest()) {
        const stop = takeHighest(top);
        if (stop) touched.push(stop);
      }
      return touched;
    },

    raises() {
      clearGone();
      return groups.all().flatMap(({ raisedBy }) => raisedBy ?? []);
    },

    takeNewRaises: groups.takeNewRaises,
  };
}

/** What became of an order while nobody followed the bids for it. */
export type CaughtUp =
  | { readonly isTouched: false; readonly peak: SeenPeak }
  | { readonly isTouched: true; readonly by: BidAt; readonly stopPrice: string };

/**
 * Follows bids for a single order that is learnt of late.
 * @param bids those since its acceptance, in the order of time; one that fires nothing may only raise
 */
export function catchUp(
  order: TrailingStop,
  start: SeenPeak,
  bids: Iterable<BidAt & { readonly fires: boolean }>,
): CaughtUp {
  let peak = start;
  for (const { seq, bid, at, fires } of bids) {
    if (scaledPrice(bid) > scaledPrice(peak.bid)) peak = { bid, raisedBy: { seq, bid, at } };
    const stop = stopOf(order, peak.bid);
    if (fires && stop >= asStop(scaledPrice(bid))) {
      return { isTouched: true, by: { seq, bid, at }, stopPrice: unscaled(stop, STOP_SCALE) };
    }
  }
  return { isTouched: false, peak };
}

function stopOf({ trailAmount, trailPercent }: TrailingStop, peakBid: string): bigint {
  const peak = scaledPrice(peakBid);
  return trailAmount === null
    ? percentStop(peak, scaledPrice(trailPercent ?? '0'))
    : amountStop(peak, scaledPrice(trailAmount));
}
