import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { StreamLimits } from './stream-limits.ts';

/**
 * Says which prices may be sent when: the first after a pause at once, those that follow as one, the latest. Times are
 * milliseconds on any clock that only goes forward.
 */
export interface PricePace {
  add(quotes: readonly Quote[]): void;
  /** When something may be sent again; infinity while nothing waits. */
  nextAt(): number;
  /** Whether a price of the asset may be sent. */
  isDue(assetId: string, now: number): boolean;
  /** The prices that may be sent now. They count as sent. */
  takeDue(now: number): readonly Quote[];
  countAsSent(assetId: string, now: number): void;
  clear(): void;
}

export type PriceLimits = Pick<StreamLimits, 'priceIntervalMilliseconds' | 'priceBatchMilliseconds'>;

export function createPricePace({
  priceIntervalMilliseconds,
  priceBatchMilliseconds,
}: PriceLimits): PricePace {
  const waiting = new Map<string, Quote>();
  const sentAt = new Map<string, number>();
  let batchSentAt = Number.NEGATIVE_INFINITY;

  const dueAt = (assetId: string): number =>
    (sentAt.get(assetId) ?? Number.NEGATIVE_INFINITY) + priceIntervalMilliseconds;
  const isDue = (assetId: string, now: number): boolean => dueAt(assetId) <= now;

  return {
    add(quotes) {
      for (const quote of quotes) waiting.set(quote.asset_id, quote);
    },
    nextAt() {
      let earliest = Number.POSITIVE_INFINITY;
      for (const assetId of waiting.keys()) earliest = Math.min(earliest, dueAt(assetId));
      return Math.max(earliest, batchSentAt + priceBatchMilliseconds);
    },
    isDue,
    takeDue(now) {
      const due = [...waiting.values()].filter(({ asset_id }) => isDue(asset_id, now));
      for (const { asset_id } of due) {
        waiting.delete(asset_id);
        sentAt.set(asset_id, now);
      }
      if (due.length > 0) batchSentAt = now;
      return due;
    },
    countAsSent(assetId, now) {
      sentAt.set(assetId, now);
    },
    clear: () => waiting.clear(),
  };
}
