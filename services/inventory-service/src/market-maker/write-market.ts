import { setImmediate } from 'node:timers/promises';
import type { TableStore } from '@cnop/common/database/table-store';
import type { DayStatistics } from '../domain/day-statistics.ts';
import type { Desk } from './desk.ts';
import type { PriceToStore } from './store-prices.ts';
import { MAX_WRITES_PER_COMMIT, storeCandles, storePrices } from './store-prices.ts';

/**
 * Writes the prices and candles that the store does not have, in commits that are small enough for orders to get in
 * between.
 * @returns false when another process makes the prices now, and what is left was not written
 * @throws whatever the store throws; what was not written is written the next time
 */
export async function writeMarket(store: TableStore, holder: string, desk: Desk): Promise<boolean> {
  return (await writePrices(store, holder, desk)) && (await writeRecordedCandles(store, holder, desk));
}

/**
 * Writes the prices that the store does not have.
 * @param onStored told of each commit; prices that another process has set meanwhile are not among them
 * @returns false when another process makes the prices now, and what is left was not written
 */
export async function writePrices(
  store: TableStore,
  holder: string,
  desk: Desk,
  onStored: (assetIds: ReadonlySet<string>) => void = () => undefined,
): Promise<boolean> {
  const prices = desk.book
    .takeUnstored()
    .map((unstored): PriceToStore => ({ ...unstored, day: dayFields(desk.dayOf(unstored.quote.asset_id)) }));
  for (const some of chunks(prices)) {
    const written = await storePrices(store, holder, some);
    if (!written) return false;
    desk.book.confirmStored(written.stored);
    for (const asset of written.repriced) desk.market.priceSet(asset);
    onStored(new Set(written.stored.map(({ asset_id }) => asset_id)));
    await setImmediate();
  }
  return true;
}

/** Writes the candles that the store does not have; the answer is that of `writePrices`. */
export async function writeRecordedCandles(store: TableStore, holder: string, desk: Desk): Promise<boolean> {
  const candles = desk.recorder.takeUnwritten();
  try {
    for (const some of chunks(candles)) {
      if (!(await storeCandles(store, holder, some))) return false;
      await setImmediate();
    }
  } catch (error) {
    desk.recorder.giveBack();
    throw error;
  }
  desk.recorder.confirmWritten();
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
