import type { BidAt } from './peak-groups.ts';
import { scaledPrice } from './scaled-price.ts';
import type { SeenPeak } from './trailing-book.ts';

/** The highest bid that an order has seen, of those that are known to have come after its acceptance. */
export function highestPeakFor(accepted: BidAt, peaks: readonly BidAt[]): SeenPeak {
  let highest: SeenPeak = { bid: accepted.bid, raisedBy: undefined };
  for (const peak of peaks) {
    const isHigher = peak.seq > accepted.seq && scaledPrice(peak.bid) > scaledPrice(highest.bid);
    if (isHigher) highest = { bid: peak.bid, raisedBy: peak };
  }
  return highest;
}

/** Of some bids those that a later one of the same height or more does not make needless. */
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

/** Those of some bids that a later one of the others makes needless. */
export function supersededBy<Bid extends BidAt>(news: readonly BidAt[], bids: readonly Bid[]): Bid[] {
  return bids.filter(({ seq, bid }) =>
    news.some((later) => later.seq > seq && scaledPrice(later.bid) >= scaledPrice(bid)),
  );
}

function compare(one: bigint, other: bigint): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
