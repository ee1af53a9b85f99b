import type { PricePeak, PricePeakDao } from '@cnop/common/dao/order/price-peak-dao';
import type { BidAt } from '../domain/peak-groups.ts';
import { supersededBy, withoutSuperseded } from '../domain/price-peaks.ts';

/** The peaks of one asset that are on disk, as far as this process knows, and those on their way there. */
export interface StoredPeaks {
  all(): readonly PricePeak[];
  load(): Promise<void>;
  /** Stores bids that raised the peak of an order, unless they are there or were superseded at once. */
  save(raises: readonly BidAt[]): Promise<void>;
  /** Deletes what no order needs, of what is older than a `seq`. */
  keepOnly(needed: readonly BidAt[], olderThanSeq: number): Promise<void>;
}

export function createStoredPeaks(assetId: string, dao: PricePeakDao): StoredPeaks {
  const stored = new Map<number, PricePeak>();
  let unstored: BidAt[] = [];

  const note = (added: readonly PricePeak[], removed: readonly PricePeak[]): void => {
    for (const { seq } of removed) stored.delete(seq);
    for (const peak of added) stored.set(peak.seq, peak);
  };

  return {
    all: () => [...stored.values()],

    async load() {
      note(await dao.getPeaks(assetId), []);
    },

    async save(raises) {
      // Kept until the store has taken them, so that nothing is lost when it refuses.
      unstored = withoutSuperseded([...unstored, ...raises]).filter(
        ({ seq, bid }) => stored.get(seq)?.bid !== bid,
      );
      if (unstored.length === 0) return;
      const added = unstored.map(({ seq, bid, at }) => ({ asset_id: assetId, seq, bid, at }));
      const removed = supersededBy(added, [...stored.values()]);
      await dao.replacePeaks(added, removed);
      note(added, removed);
      unstored = [];
    },

    async keepOnly(needed, olderThanSeq) {
      const neededSeqs = new Set(needed.map(({ seq }) => seq));
      // Read anew: another process may have left some.
      const all = await dao.getPeaks(assetId);
      const needless = all.filter(({ seq }) => !neededSeqs.has(seq) && seq < olderThanSeq);
      if (needless.length === 0) return;
      await dao.replacePeaks([], needless);
      note([], needless);
    },
  };
}
