import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import { candleRecord } from '@cnop/common/dao/inventory/candle-dao';
import { FEED_LEASE_KEY, holdsFeedLease } from '@cnop/common/dao/inventory/feed-lease-dao';
import type { ItemKey, TableStore, Write } from '@cnop/common/database/table-store';
import { MAX_TRANSACTION_ITEMS } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { storedSeqOf } from '@cnop/common/entities/inventory/quote';

/** What one transaction may write beside the lease, which each of them reads. */
export const MAX_WRITES_PER_COMMIT = MAX_TRANSACTION_ITEMS - 1;

/** A price to store, with what was computed of the day. */
export interface PriceToStore {
  readonly quote: Quote;
  /** What the `seq` of the stored price may be, unless another process has set a price. */
  readonly expectedStoredSeqs: readonly number[];
  readonly day: Pick<Asset, 'price_change_24h' | 'price_change_percentage_24h'> | undefined;
}

export interface StoredPrices {
  readonly stored: readonly Quote[];
  /** Assets whose price somebody else has set meanwhile: that price stays. */
  readonly repriced: readonly Asset[];
}

/**
 * Writes prices to their assets in one commit. `updated_at` stays: that is about what people change.
 * @returns undefined when another process makes the prices now; nothing was written
 */
export async function storePrices(
  store: TableStore,
  holder: string,
  prices: readonly PriceToStore[],
): Promise<StoredPrices | undefined> {
  const keys = prices.map(({ quote }) => assetRecord.key(quote));
  return store.transact(withLease(keys), (items) => {
    if (!holdsFeedLease(items['lease'], holder)) return { writes: [], result: undefined };
    const stored: Quote[] = [];
    const repriced: Asset[] = [];
    const writes: Write[] = [];
    for (const [i, { quote, expectedStoredSeqs, day }] of prices.entries()) {
      const asset = assetRecord.readIfPresent(items[nameOf(i)]);
      if (!asset) continue;
      if (!expectedStoredSeqs.includes(storedSeqOf(asset))) {
        repriced.push(asset);
        continue;
      }
      stored.push(quote);
      writes.push(assetRecord.replace({ ...asset, ...day, ...priceFields(quote) }));
    }
    return { writes, result: { stored, repriced } };
  });
}

function priceFields({ mid, at, seq, suspended }: Quote): Partial<Asset> {
  return { current_price: mid, last_price_update: at, quote_seq: seq, price_suspended: suspended ?? false };
}

/**
 * Writes candles in one commit, over whatever is there.
 * @returns false when another process makes the prices now; nothing was written
 */
export async function storeCandles(
  store: TableStore,
  holder: string,
  candles: readonly Candle[],
): Promise<boolean> {
  return store.transact(withLease(candles.map(candleRecord.key)), (items) =>
    holdsFeedLease(items['lease'], holder)
      ? { writes: candles.map(candleRecord.replace), result: true }
      : { writes: [], result: false },
  );
}

/** What is to be written is read as well: a replaced item must be, and the lease decides whether it may. */
function withLease(keys: readonly ItemKey[]): Record<string, ItemKey> {
  return { lease: FEED_LEASE_KEY, ...Object.fromEntries(keys.map((key, i) => [nameOf(i), key])) };
}

function nameOf(i: number): string {
  return `item${i}`;
}
