import type { OrderId, Username } from '@cnop/common/core/brands';
import { amountStop, percentStop } from '@cnop/common/trading/trigger-rules';
import type { HeapNode, Ranked } from './heaps.ts';
import { createRanking, mergeHeaps, nodesOf } from './heaps.ts';
import type { BidAt } from './peaks.ts';

/** An open trailing stop. Its key is its trail, in units of 10^-18 USD or 10^-18 percent. */
export interface TrailingNode extends HeapNode<TrailingNode> {
  readonly orderId: OrderId;
  readonly username: Username;
  /** Removed from the index, but still in its heap. */
  isGone: boolean;
}

/** Orders with the same peak. Its rank is its highest stop. */
export interface PeakGroup extends Ranked {
  readonly peak: bigint;
  /** The quote that raised some of its orders to the peak; undefined while the peak is the bid of their acceptance. */
  raisedBy: BidAt | undefined;
  /** By trail in USD and in percent: the order with the shortest trail triggers first. */
  byAmount: TrailingNode | undefined;
  byPercent: TrailingNode | undefined;
}

/** The groups of one asset, by their peaks and by their highest stops. */
export interface PeakGroups {
  all(): readonly PeakGroup[];
  /** Returns the group with the highest stop. */
  highest(): PeakGroup | undefined;
  /** Returns the group of a peak, created if there is none. Call `settle` once it has an order. */
  at(peak: bigint): PeakGroup;
  /** Ranks a group after its orders have changed, and drops it when it has none left. */
  settle(group: PeakGroup): void;
  /** Removes the orders that are gone from their heaps. */
  clearGone(): void;
  /** Raises every group below a bid to it. */
  lift(bid: bigint, raisedBy: BidAt): void;
  /** Notes a quote that raised some orders of a group. The later of two bids of one height serves all of them. */
  noteRaise(group: PeakGroup, raisedBy: BidAt): void;
  /** Returns the bids noted since the last call, in that order. */
  takeNewRaises(): BidAt[];
}

/** Creates an empty set of groups. */
export function createPeakGroups(): PeakGroups {
  /** From the highest peak to the lowest, so that the groups raised by a new high are at the end. */
  const groups: PeakGroup[] = [];
  const ranking = createRanking<PeakGroup>();
  let newRaises: BidAt[] = [];

  function at(peak: bigint): PeakGroup {
    const place = placeOf(groups, peak);
    const present = groups[place];
    if (present?.peak === peak) return present;
    const group = {
      peak,
      raisedBy: undefined,
      byAmount: undefined,
      byPercent: undefined,
      rank: 0n,
      place: -1,
    };
    groups.splice(place, 0, group);
    return group;
  }

  function noteRaise(group: PeakGroup, raisedBy: BidAt): void {
    if (group.raisedBy && group.raisedBy.seq >= raisedBy.seq) return;
    group.raisedBy = raisedBy;
    newRaises.push(raisedBy);
  }

  function settle(group: PeakGroup): void {
    const stop = highestStop(group);
    if (stop !== undefined) {
      group.rank = stop;
      ranking.put(group);
      return;
    }
    ranking.remove(group);
    groups.splice(placeOf(groups, group.peak), 1);
  }

  return {
    all: () => groups,
    highest: ranking.highest,
    at,
    settle,
    clearGone() {
      for (const group of groups.slice()) {
        group.byAmount = withoutGone(group.byAmount);
        group.byPercent = withoutGone(group.byPercent);
        settle(group);
      }
    },
    lift(bid, raisedBy) {
      const place = placeOf(groups, bid);
      const lifted = groups.splice(groups[place]?.peak === bid ? place + 1 : place);
      if (lifted.length === 0) return;
      const group = at(bid);
      noteRaise(group, raisedBy);
      for (const lower of lifted) {
        ranking.remove(lower);
        group.byAmount = mergeHeaps(group.byAmount, lower.byAmount);
        group.byPercent = mergeHeaps(group.byPercent, lower.byPercent);
      }
      settle(group);
    },
    noteRaise,
    takeNewRaises() {
      const taken = newRaises;
      newRaises = [];
      return taken;
    },
  };
}

function highestStop({ peak, byAmount, byPercent }: PeakGroup): bigint | undefined {
  const amount = byAmount && amountStop(peak, byAmount.key);
  const percent = byPercent && percentStop(peak, byPercent.key);
  if (amount === undefined || percent === undefined) return amount ?? percent;
  return amount > percent ? amount : percent;
}

function withoutGone(root: TrailingNode | undefined): TrailingNode | undefined {
  let kept: TrailingNode | undefined;
  for (const node of nodesOf(root)) {
    node.child = undefined;
    node.sibling = undefined;
    if (!node.isGone) kept = mergeHeaps(kept, node);
  }
  return kept;
}

/** Returns the index of the first group whose peak is not above a bid, by binary search; the highest peak comes first. */
function placeOf(groups: readonly PeakGroup[], bid: bigint): number {
  let low = 0;
  let high = groups.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const group = groups[middle];
    if (group && group.peak > bid) low = middle + 1;
    else high = middle;
  }
  return low;
}
