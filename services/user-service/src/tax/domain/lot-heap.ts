import type { IsoTime, OrderId, TransactionId } from '@cnop/common/core/brands';

/** What is left of an acquisition. */
export interface Lot {
  /** The transaction that acquired it. */
  readonly id: TransactionId;
  /** The order of a buy. */
  readonly orderId: OrderId | null;
  readonly acquiredAt: IsoTime;
  /** Its place among the acquisitions of the asset, from 0. */
  readonly sequence: number;
  /** In 10^-18 units of the asset, above zero. */
  readonly units: bigint;
  /** Cents. */
  readonly cost: bigint;
}

/** Returns whether a lot is used up before another one. */
export type LotOrder = (one: Lot, other: Lot) => boolean;

/** Oldest first. */
export const oldestFirst: LotOrder = (one, other) => one.sequence < other.sequence;

/** Newest first. */
export const newestFirst: LotOrder = (one, other) => one.sequence > other.sequence;

/** Dearest by unit first, and of equally dear lots the oldest. */
export const dearestFirst: LotOrder = (one, other) => {
  const [price, otherPrice] = [one.cost * other.units, other.cost * one.units];
  return price === otherPrice ? one.sequence < other.sequence : price > otherPrice;
};

/** A priority queue of lots: adding and removing take the logarithm of their number. */
export interface LotHeap {
  readonly first: Lot | undefined;
  add(lot: Lot): void;
  /** Replaces the first lot, or removes it. */
  replaceFirst(lot: Lot | undefined): void;
  /** Replaces any lot, or removes it. Takes as long as building the queue. */
  replace(lot: Lot, by: Lot | undefined): void;
  /** Returns all lots, oldest first. */
  all(): Lot[];
}

/** Creates a binary heap of lots. */
export function createLotHeap(isBefore: LotOrder, lots: readonly Lot[] = []): LotHeap {
  const heap: Lot[] = [];

  const siftUp = (lot: Lot): void => {
    let index = heap.length;
    heap.push(lot);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (!above || !isBefore(lot, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = lot;
  };

  const siftDown = (lot: Lot): void => {
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const [left, right] = [heap[child], heap[child + 1]];
      const best = left && right && isBefore(right, left) ? right : left;
      if (!best || !isBefore(best, lot)) break;
      if (best === right) child += 1;
      heap[index] = best;
      index = child;
    }
    heap[index] = lot;
  };

  for (const lot of lots) siftUp(lot);
  return {
    get first() {
      return heap[0];
    },
    add: siftUp,
    replaceFirst(lot) {
      if (lot) return siftDown(lot);
      const last = heap.pop();
      if (last && heap.length > 0) siftDown(last);
    },
    replace(lot, by) {
      for (const one of heap.splice(0)) if (one !== lot) siftUp(one);
      if (by) siftUp(by);
    },
    all: () => heap.toSorted((one, other) => one.sequence - other.sequence),
  };
}
