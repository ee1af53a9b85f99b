import { setImmediate } from 'node:timers/promises';
import type { AssetId } from '@cnop/common/core/brands';
import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import { candleRecord } from '@cnop/common/dao/inventory/candle-dao';
import { FEED_LEASE_KEY, holdsFeedLease } from '@cnop/common/dao/inventory/feed-lease-dao';
import { openCandlesRecord, withOpenCandlesOf } from '@cnop/common/dao/inventory/open-candles-dao';
import {
  MAX_ASSETS_PER_PRICE_SHEET,
  priceSheetRecord,
  withPricesOf,
  withSheetPrice,
} from '@cnop/common/dao/inventory/price-sheet-dao';
import type { Decision, Item, TableStore, Write } from '@cnop/common/database/table-store';
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
 * Writes the prices that the store does not have: one write for each price sheet, which the first sheet of a term and new
 * assets make a transaction.
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
  const prices = live.quoteMaker.takeUnstored().map((unstored): PriceToStore => {
    const { asset, quote } = unstored;
    return {
      ...unstored,
      priced: { ...asset, ...dayFields(live.dayStatistics(asset.asset_id)), ...priceFields(quote) },
    };
  });
  for (const part of bySheet(prices, live.quoteMaker.priced())) {
    const written = await storeSheet(store, holder, part);
    if (!written) return false;
    live.quoteMaker.confirmStored(written.stored, part.sheet);
    for (const asset of written.repriced) live.market.priceSet(asset);
    onStored(new Set(written.stored.map(({ asset_id }) => asset_id)));
    await setImmediate();
  }
  return true;
}

/**
 * Writes the candles that the store does not have: each closed one once, the open ones together.
 * @returns false when another instance holds the lease; the rest is not written
 */
export async function writeRecordedCandles(
  store: TableStore,
  holder: string,
  live: LiveMarket,
): Promise<boolean> {
  const sheets = new Map(live.quoteMaker.priced().map(({ asset }) => [asset.asset_id, asset.price_sheet]));
  const { closed, open } = live.recorder.takeUnwritten((assetId) => typeof sheets.get(assetId) === 'number');
  try {
    // Before the open ones: until those are replaced, they have what a crash would lose of a candle that closed.
    for (let i = 0; i < closed.length; i += CLOSED_CANDLES_AT_ONCE) {
      await Promise.all(
        closed.slice(i, i + CLOSED_CANDLES_AT_ONCE).map((candle) => storeClosed(store, candle)),
      );
      await setImmediate();
    }
    const parts = new Map<number, Map<AssetId, readonly Candle[]>>();
    for (const [assetId, candles] of open) {
      const sheet = sheets.get(assetId) ?? 0;
      parts.set(sheet, (parts.get(sheet) ?? new Map<AssetId, readonly Candle[]>()).set(assetId, candles));
    }
    for (const [sheet, candles] of parts) {
      if (!(await storeOpen(store, holder, { sheet, candles }))) return false;
      await setImmediate();
    }
  } catch (error) {
    live.recorder.giveBack();
    throw error;
  }
  live.recorder.confirmWritten();
  return true;
}

function dayFields(day: DayStatistics | undefined): Partial<Asset> {
  return (
    (day && {
      price_change_24h: day.price_change_24h,
      price_change_percentage_24h: day.price_change_percentage_24h,
    }) ??
    {}
  );
}

function priceFields({ mid, at, seq, suspended }: Quote): Partial<Asset> {
  return { current_price: mid, last_price_update: at, quote_seq: seq, price_suspended: suspended ?? false };
}

/** The closed candles that are written at the same time; the embedded store puts them into one commit. */
const CLOSED_CANDLES_AT_ONCE = 25;

/** A price to store. */
interface PriceToStore extends UnstoredPrice {
  /** The asset at that price, with the statistics of the day. */
  readonly priced: Asset;
}

/** The prices to store of one sheet. */
interface SheetPart {
  readonly sheet: number;
  readonly prices: readonly PriceToStore[];
  /** The ids of those that get their sheet with this write. */
  readonly newIds: ReadonlySet<AssetId>;
}

interface StoredPrices {
  readonly stored: readonly Quote[];
  /** The assets whose price another instance has set meanwhile; that price is kept. */
  readonly repriced: readonly Asset[];
}

/** Groups prices by sheet. New assets get the first sheet with room. */
function bySheet(prices: readonly PriceToStore[], all: readonly { readonly asset: Asset }[]): SheetPart[] {
  const sizes = new Map<number, number>();
  const add = (sheet: number) => sizes.set(sheet, (sizes.get(sheet) ?? 0) + 1);
  for (const { asset } of all) if (asset.price_sheet !== null) add(asset.price_sheet);
  const parts = new Map<number, { readonly prices: PriceToStore[]; readonly newIds: Set<AssetId> }>();
  for (const price of prices) {
    const { asset } = price;
    let sheet = asset.price_sheet ?? 0;
    if (asset.price_sheet === null) {
      while ((sizes.get(sheet) ?? 0) >= MAX_ASSETS_PER_PRICE_SHEET) sheet += 1;
      add(sheet);
    }
    const part = parts.get(sheet) ?? { prices: [], newIds: new Set<AssetId>() };
    part.prices.push(price);
    if (asset.price_sheet === null) part.newIds.add(asset.asset_id);
    parts.set(sheet, part);
  }
  return Array.from(parts, ([sheet, part]) => ({ sheet, ...part }));
}

/**
 * Writes the prices of a sheet in one commit.
 * @returns undefined when another instance holds the lease; nothing is written
 */
async function storeSheet(
  store: TableStore,
  holder: string,
  part: SheetPart,
): Promise<StoredPrices | undefined> {
  const sheet = priceSheetRecord.key(part);
  if (part.newIds.size === 0) {
    const written = await store.transact({ sheet }, (items) => decideSheet(items, holder, part));
    if (written) return written;
  }
  // Another instance has written the sheet, or it gets new assets: the lease decides.
  const assets = Array.from(part.newIds, (asset_id) => [asset_id, assetRecord.key({ asset_id })] as const);
  const reads = { ...Object.fromEntries(assets), sheet, lease: FEED_LEASE_KEY };
  return store.transact(reads, (items) => decideSheet(items, holder, part));
}

/** Decides about the items of a sheet: `sheet`, `lease` if it was read, and new assets by their ids, which are in upper case. */
function decideSheet(
  items: Readonly<Record<string, Item | undefined>>,
  holder: string,
  { sheet: number, prices, newIds }: SheetPart,
): Decision<StoredPrices | undefined> {
  const before = priceSheetRecord.readIfPresent(items['sheet']);
  if (before?.holder !== holder && !holdsFeedLease(items['lease'], holder))
    return { writes: [], result: undefined };
  const stored: PriceToStore[] = [];
  const repriced: Asset[] = [];
  const writes: Write[] = [];
  for (const price of prices) {
    const isNew = newIds.has(price.asset.asset_id);
    const found = isNew ? assetRecord.readIfPresent(items[price.asset.asset_id]) : price.asset;
    if (!found || (found.price_sheet !== null && found.price_sheet !== number)) continue;
    const asset = withSheetPrice(found, before);
    if (!price.expectedStoredSeqs.includes(storedSeqOf(asset))) {
      repriced.push(asset);
      continue;
    }
    stored.push(price);
    if (isNew) writes.push(assetRecord.replace({ ...found, price_sheet: number }));
  }
  if (stored.length === 0) return { writes: [], result: { stored: [], repriced } };
  const sheet = before ?? { sheet: number, holder, prices: {} };
  const after = withPricesOf(
    { ...sheet, holder },
    stored.map(({ priced }) => priced),
  );
  writes.push(priceSheetRecord.replace(after));
  return { writes, result: { stored: stored.map(({ quote }) => quote), repriced } };
}

/** Writes a closed candle, unless it is stored: a final candle never changes. */
async function storeClosed(store: TableStore, candle: Candle): Promise<void> {
  await store.transact({ candle: candleRecord.key(candle) }, (items) => {
    const isStored = candleRecord.readIfPresent(items.candle)?.final ?? false;
    return { writes: isStored ? [] : [candleRecord.replace(candle)], result: undefined };
  });
}

/**
 * Writes the open candles of the assets of one sheet in one commit.
 * @returns false when another instance holds the lease; nothing is written
 */
async function storeOpen(
  store: TableStore,
  holder: string,
  { sheet, candles }: { readonly sheet: number; readonly candles: ReadonlyMap<AssetId, readonly Candle[]> },
): Promise<boolean> {
  const open = openCandlesRecord.key({ sheet });
  const decide = (items: { readonly open: Item | undefined; readonly lease?: Item | undefined }) => {
    const before = openCandlesRecord.readIfPresent(items.open);
    const isOurs = before?.holder === holder || holdsFeedLease(items.lease, holder);
    if (!isOurs) return { writes: [], result: false };
    const after = withOpenCandlesOf({ sheet, candles: {}, ...before, holder }, candles);
    return { writes: [openCandlesRecord.replace(after)], result: true };
  };
  const isWritten = await store.transact({ open }, decide);
  return isWritten || store.transact({ open, lease: FEED_LEASE_KEY }, decide);
}
