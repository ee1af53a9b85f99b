import type { OrderId, Price, Username } from '@cnop/common/core/brands';
import { formatPrice } from '@cnop/common/core/money';
import type { Trail } from '@cnop/common/entities/order/order';
import {
  amountStop,
  scaledBidForStop,
  scaledPrice,
  stopPriceOf,
  trailingStop,
} from '@cnop/common/trading/trigger-rules';
import { mergeHeaps, withoutSmallest } from './heaps.ts';
import type { PeakGroup, TrailingNode } from './peak-groups.ts';
import { createPeakGroups } from './peak-groups.ts';
import type { BidAt, SeenPeak } from './peaks.ts';

/** An open trailing stop. */
export interface TrailingStop {
  readonly orderId: OrderId;
  readonly username: Username;
  readonly trail: Trail;
}

/** A trailing stop that was triggered. */
export interface TriggeredStop {
  readonly orderId: OrderId;
  readonly username: Username;
  /** USD per unit. Exact: a percentage of a price may have more digits than a price. */
  readonly stopPrice: Price;
}

/** The open trailing stops of one asset, by their peaks. */
export interface TrailingIndex {
  size(): number;
  has(orderId: OrderId): boolean;
  orderIds(): Iterable<OrderId>;
  add(order: TrailingStop, peak: SeenPeak): void;
  remove(orderId: OrderId): void;
  /**
   * Processes one bid: raises the peaks below it, then removes and returns the orders that it triggers. Bids must come in
   * the order of time.
   * @param canTrigger false for a bid that may only raise peaks
   */
  follow(bid: BidAt, canTrigger?: boolean): TriggeredStop[];
  /** Returns the bids that the peaks of the open orders can be restored from. */
  raises(): BidAt[];
  /** Returns the bids that raised a peak since the last call, in the order of time. */
  takeNewRaises(): BidAt[];
}

/** Removed orders that may stay in the heaps until they are rebuilt. */
const MAX_LEFTOVERS = 1_024;

/**
 * Creates an empty index. The cost of a bid depends on the orders that it triggers, not on those that are open: orders
 * raised to one peak form one group, and only the highest stop of each group is compared. Groups that merged are never
 * split, so all merging costs no more than the orders that were added.
 */
export function createTrailingIndex(): TrailingIndex {
  const open = new Map<OrderId, TrailingNode>();
  const groups = createPeakGroups();
  let leftovers = 0;

  /** Removes the order with the highest stop of a group; returns undefined when it was a leftover. */
  function takeHighest(group: PeakGroup): TriggeredStop | undefined {
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
    open.delete(node.orderId);
    return { orderId: node.orderId, username: node.username, stopPrice: formatPrice(stopPriceOf(rank)) };
  }

  function clearGone(): void {
    groups.clearGone();
    leftovers = 0;
  }

  return {
    size: () => open.size,
    has: (orderId) => open.has(orderId),
    orderIds: () => open.keys(),

    add({ orderId, username, trail }, { bid, raisedBy }) {
      const key = scaledPrice('amount' in trail ? trail.amount : trail.percent);
      const node = { key, orderId, username, isGone: false, child: undefined, sibling: undefined };
      const group = groups.at(scaledPrice(bid));
      if ('amount' in trail) group.byAmount = mergeHeaps(group.byAmount, node);
      else group.byPercent = mergeHeaps(group.byPercent, node);
      if (raisedBy) groups.noteRaise(group, raisedBy);
      open.set(orderId, node);
      groups.settle(group);
    },

    remove(orderId) {
      const node = open.get(orderId);
      if (!node) return;
      // It stays in its heap until it reaches the top: finding it there would cost more.
      node.isGone = true;
      open.delete(orderId);
      leftovers += 1;
      if (leftovers > Math.max(MAX_LEFTOVERS, open.size)) clearGone();
    },

    follow({ seq, bid, at }, canTrigger = true) {
      const scaled = scaledPrice(bid);
      groups.lift(scaled, { seq, bid, at });
      const triggered: TriggeredStop[] = [];
      if (!canTrigger) return triggered;
      const bidAsStop = scaledBidForStop(scaled);
      for (let top = groups.highest(); top && top.rank >= bidAsStop; top = groups.highest()) {
        const stop = takeHighest(top);
        if (stop) triggered.push(stop);
      }
      return triggered;
    },

    raises() {
      clearGone();
      return groups.all().flatMap(({ raisedBy }) => raisedBy ?? []);
    },

    takeNewRaises: groups.takeNewRaises,
  };
}

/** The state of an order after the bids that it missed. */
export type CaughtUp =
  | { readonly isTriggered: false; readonly peak: SeenPeak }
  | { readonly isTriggered: true; readonly by: BidAt; readonly stopPrice: Price };

/**
 * Processes bids for a single order that the engine learned of late.
 * @param bids the bids since its acceptance, in the order of time; one without `canTrigger` may only raise the peak
 */
export function catchUp(
  order: TrailingStop,
  start: SeenPeak,
  bids: Iterable<BidAt & { readonly canTrigger: boolean }>,
): CaughtUp {
  let peak = start;
  for (const { seq, bid, at, canTrigger } of bids) {
    if (scaledPrice(bid) > scaledPrice(peak.bid)) peak = { bid, raisedBy: { seq, bid, at } };
    const stop = trailingStop(order.trail, scaledPrice(peak.bid));
    if (canTrigger && stop >= scaledBidForStop(scaledPrice(bid))) {
      return { isTriggered: true, by: { seq, bid, at }, stopPrice: formatPrice(stopPriceOf(stop)) };
    }
  }
  return { isTriggered: false, peak };
}
