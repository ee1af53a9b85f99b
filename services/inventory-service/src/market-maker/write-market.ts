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
  const prices = desk.book
    .takeUnstored()
    .map((unstored): PriceToStore => ({ ...unstored, day: dayFields(desk.dayOf(unstored.quote.asset_id)) }));
  const candles = desk.recorder.takeUnwritten();
  try {
    for (const some of chunks(prices)) {
      const written = await storePrices(store, holder, some);
      if (!written) return false;
      desk.book.confirmStored(written.stored);
      for (const asset of written.repriced) desk.market.priceSet(asset);
      await setImmediate();
    }
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
