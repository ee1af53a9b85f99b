import type { HeapNode } from './mergeable-heap.ts';
import { mergeHeaps, nodesOf } from './mergeable-heap.ts';
import type { Ranked } from './ranking.ts';
import { createRanking } from './ranking.ts';
import { SCALED_ONE } from './scaled-price.ts';

/** A bid at one moment. */
export interface BidAt {
  readonly seq: number;
  readonly bid: string;
  readonly at: string;
}

/** A waiting order; its key is what it trails by, in parts of 10^-18 of a USD or of a percent. */
export interface TrailingNode extends HeapNode<TrailingNode> {
  readonly orderId: string;
  readonly username: string;
  isGone: boolean;
}

/** Orders that share the highest bid they have seen. Its rank is its highest stop. */
export interface PeakGroup extends Ranked {
  readonly peak: bigint;
  /** The quote that raised some of its orders to the peak; none while it is the bid of their acceptance. */
  raisedBy: BidAt | undefined;
  /** By trail in USD and in percent: the one that trails closest fires first. */
  byAmount: TrailingNode | undefined;
  byPercent: TrailingNode | undefined;
}

/** The groups of one asset, by their peaks and by their highest stops. */
export interface PeakGroups {
  all(): readonly PeakGroup[];
  /** The one with the highest stop. */
  highest(): PeakGroup | undefined;
  /** The group of a peak, made if there is none. To be settled once it has an order. */
  at(peak: bigint): PeakGroup;
  /** Puts a group in its place after its orders have changed; without any it is dropped. */
  settle(group: PeakGroup): void;
  /** Takes out the orders that are gone. */
  clearGone(): void;
  /** Lifts every group below a bid to it. */
  lift(bid: bigint, raisedBy: BidAt): void;
  /** Notes a quote that raised some orders of a group: of two bids of one height the later one serves all. */
  noteRaise(group: PeakGroup, raisedBy: BidAt): void;
  /** The raises that were noted since this was asked last, in that order. */
  takeNewRaises(): BidAt[];
}

/** A whole in parts of 10^-18 of a percent. */
const WHOLE = 100n * SCALED_ONE;

export function createPeakGroups(): PeakGroups {
  /** From the highest peak to the lowest: what a new high lifts is at the end. */
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

/** A bid as stops are counted: in parts of 10^-38, which a percentage of a price needs. */
export function asStop(bid: bigint): bigint {
  return bid * WHOLE;
}

export function amountStop(peak: bigint, amount: bigint): bigint {
  return (peak - amount) * WHOLE;
}

export function percentStop(peak: bigint, percent: bigint): bigint {
  return peak * (WHOLE - percent);
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

/** The place of the first group whose peak is not above a bid; the highest peak comes first. */
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
