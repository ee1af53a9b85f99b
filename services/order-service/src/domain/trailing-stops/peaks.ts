import type { IsoTime, Price } from '@cnop/common/core/brands';
import { scaledPrice } from '@cnop/common/trading/trigger-rules';

/** A bid at one moment. */
export interface BidAt {
  readonly seq: number;
  readonly bid: Price;
  readonly at: IsoTime;
}

/** The highest bid since an order was accepted. */
export interface SeenPeak {
  readonly bid: Price;
  /** The quote that raised the peak; undefined while the peak is the bid of the acceptance. */
  readonly raisedBy: BidAt | undefined;
}

/** Returns the peak of an order: the highest of its bid at acceptance and the given bids that came later. */
export function highestPeakFor(accepted: BidAt, bids: readonly BidAt[]): SeenPeak {
  let highest: SeenPeak = { bid: accepted.bid, raisedBy: undefined };
  for (const bid of bids) {
    const isHigher = bid.seq > accepted.seq && scaledPrice(bid.bid) > scaledPrice(highest.bid);
    if (isHigher) highest = { bid: bid.bid, raisedBy: bid };
  }
  return highest;
}

/** Drops bids superseded by a later one of the same height or more. Returns the others by their `seq`. */
export function withoutSuperseded<Bid extends BidAt>(bids: readonly Bid[]): Bid[] {
  let highest = -1n;
  return bids
    .toSorted((one, other) => other.seq - one.seq || compare(scaledPrice(other.bid), scaledPrice(one.bid)))
    .filter(({ bid }) => {
      const isHigher = scaledPrice(bid) > highest;
      if (isHigher) highest = scaledPrice(bid);
      return isHigher;
    })
    .toReversed();
}

/** Returns the bids superseded by a new one: later, and of the same height or more. */
export function supersededBy<Bid extends BidAt>(news: readonly BidAt[], bids: readonly Bid[]): Bid[] {
  return bids.filter(({ seq, bid }) =>
    news.some((later) => later.seq > seq && scaledPrice(later.bid) >= scaledPrice(bid)),
  );
}

function compare(one: bigint, other: bigint): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
