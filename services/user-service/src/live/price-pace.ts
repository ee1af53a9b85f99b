import type { AssetId } from '@cnop/common/core/brands';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { StreamLimits } from './stream-limits.ts';

/**
 * The rate limit of prices: the first quote after a pause may be sent at once, and later ones are conflated into the latest.
 * Times are milliseconds of a monotonic clock.
 */
export interface PricePace {
  add(quotes: readonly Quote[]): void;
  /** Returns when the next price may be sent; infinity while none is waiting. */
  nextAt(): number;
  /** Returns whether a price of the asset may be sent. */
  isDue(assetId: AssetId, now: number): boolean;
  /** Returns the prices that may be sent now, and counts them as sent. */
  takeDue(now: number): readonly Quote[];
  countAsSent(assetId: AssetId, now: number): void;
  clear(): void;
}

export type PriceLimits = Pick<StreamLimits, 'priceIntervalMilliseconds' | 'priceBatchMilliseconds'>;

/** Creates the rate limit of prices for all streams of a process. */
export function createPricePace({
  priceIntervalMilliseconds,
  priceBatchMilliseconds,
}: PriceLimits): PricePace {
  const waiting = new Map<AssetId, Quote>();
  const sentAt = new Map<AssetId, number>();
  let batchSentAt = Number.NEGATIVE_INFINITY;

  const dueAt = (assetId: AssetId): number =>
    (sentAt.get(assetId) ?? Number.NEGATIVE_INFINITY) + priceIntervalMilliseconds;
  const isDue = (assetId: AssetId, now: number): boolean => dueAt(assetId) <= now;

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
