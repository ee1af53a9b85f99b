import { setImmediate } from 'node:timers/promises';
import type { AssetId } from '@cnop/common/core/brands';
import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import { candleRecord } from '@cnop/common/dao/inventory/candle-dao';
import { FEED_LEASE_KEY, holdsFeedLease } from '@cnop/common/dao/inventory/feed-lease-dao';
import type { ItemKey, TableStore, Write } from '@cnop/common/database/table-store';
import { MAX_TRANSACTION_ITEMS } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { storedSeqOf } from '@cnop/common/entities/inventory/quote';
import type { DayStatistics } from '../domain/day-statistics.ts';
import type { LiveMarket } from './live-market.ts';
import type { UnstoredPrice } from './quote-maker.ts';

/**
 * Writes the prices and candles that the store does not have. It does so in small commits, so that orders do not wait.
 * @returns false when another instance holds the lease; the rest is not written
 * @throws UnavailableError (503) when the store fails; the next call writes what was not written
 */
export async function writeMarket(store: TableStore, holder: string, live: LiveMarket): Promise<boolean> {
  return (await writePrices(store, holder, live)) && (await writeRecordedCandles(store, holder, live));
}

/**
 * Writes the prices that the store does not have.
 * @param onStored called after each commit with the assets whose prices were stored; prices that another instance has set
 *   meanwhile are kept
 * @returns false when another instance holds the lease; the rest is not written
 */
export async function writePrices(
  store: TableStore,
  holder: string,
  live: LiveMarket,
  onStored: (assetIds: ReadonlySet<AssetId>) => void = () => undefined,
): Promise<boolean> {
  const prices = live.quoteMaker.takeUnstored().map(
    (unstored): PriceToStore => ({
      ...unstored,
      day: dayFields(live.dayStatistics(unstored.quote.asset_id)),
    }),
  );
  for (const some of chunks(prices)) {
    const written = await storePrices(store, holder, some);
    if (!written) return false;
    live.quoteMaker.confirmStored(written.stored);
    for (const asset of written.repriced) live.market.priceSet(asset);
    onStored(new Set(written.stored.map(({ asset_id }) => asset_id)));
    await setImmediate();
  }
  return true;
}

/**
 * Writes the candles that the store does not have.
 * @returns false when another instance holds the lease; the rest is not written
 */
export async function writeRecordedCandles(
  store: TableStore,
  holder: string,
  live: LiveMarket,
): Promise<boolean> {
  const candles = live.recorder.takeUnwritten();
  try {
    for (const some of chunks(candles)) {
      if (!(await storeCandles(store, holder, some))) return false;
      await setImmediate();
    }
  } catch (error) {
    live.recorder.giveBack();
    throw error;
  }
  live.recorder.confirmWritten();
  return true;
}

function dayFields(day: DayStatistics | undefined): PriceToStore['day'] {
  return (
    day && {
      price_change_24h: day.price_change_24h,
      price_change_percentage_24h: day.price_change_percentage_24h,
    }
  );
}

function chunks<T>(all: readonly T[]): T[][] {
  const found: T[][] = [];
  for (let i = 0; i < all.length; i += MAX_WRITES_PER_COMMIT) {
    found.push(all.slice(i, i + MAX_WRITES_PER_COMMIT));
  }
  return found;
}

/** The writes of one transaction, which also reads the lease. */
const MAX_WRITES_PER_COMMIT = MAX_TRANSACTION_ITEMS - 1;

/** A price to store, with the statistics of the day. */
interface PriceToStore extends UnstoredPrice {
  readonly day: Pick<Asset, 'price_change_24h' | 'price_change_percentage_24h'> | undefined;
}

interface StoredPrices {
  readonly stored: readonly Quote[];
  /** The assets whose price another instance has set meanwhile; that price is kept. */
  readonly repriced: readonly Asset[];
}

/**
 * Writes prices to their assets in one commit. `updated_at` stays, since it is the time of the last edit.
 * @returns undefined when another instance holds the lease; nothing is written
 */
async function storePrices(
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
 * Writes candles in one commit, replacing stored ones.
 * @returns false when another instance holds the lease; nothing is written
 */
async function storeCandles(store: TableStore, holder: string, candles: readonly Candle[]): Promise<boolean> {
  return store.transact(withLease(candles.map(candleRecord.key)), (items) =>
    holdsFeedLease(items['lease'], holder)
      ? { writes: candles.map(candleRecord.replace), result: true }
      : { writes: [], result: false },
  );
}

/** Returns the reads of a commit: the lease, and the items to write, since a replaced item must be read. */
function withLease(keys: readonly ItemKey[]): Record<string, ItemKey> {
  return { lease: FEED_LEASE_KEY, ...Object.fromEntries(keys.map((key, i) => [nameOf(i), key])) };
}

function nameOf(i: number): string {
  return `item${i}`;
}
