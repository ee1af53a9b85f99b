import type { Clock } from '@cnop/common/core/clock';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { hasRecordedCandles, pastCandles } from '../domain/past-candles.ts';
import type { RandomSource } from '../price-feed/simulated-feed.ts';
import { writeCandles } from './write-candles.ts';

export interface LoadHistoryOptions {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly onAsset: (assetId: string, candles: number) => void;
}

/**
 * Gives a made-up history to every asset whose prices were never recorded. A server that has begun to record them is in
 * nobody's way; one that begins meanwhile would be, so this is for a store without one.
 * @returns to how many
 */
export async function loadHistory({ store, clock, random, onAsset }: LoadHistoryOptions): Promise<number> {
  const candleDao = createCandleDao(store);
  const until = clock.now();
  let loaded = 0;
  for (const asset of await createAssetDao(store).getAssets()) {
    const { asset_id: assetId, current_price: price } = asset;
    const latest = await candleDao.getCandles({ assetId, interval: '1d', limit: 1, order: 'descending' });
    if (hasRecordedCandles(asset, latest)) continue;
    const candles = pastCandles({ draw: random.stream(`${assetId}:past`), asset, price, until });
    // What is not final says that the history is whole, so it comes last.
    const inOrder = [...candles.filter(({ final }) => final), ...candles.filter(({ final }) => !final)];
    await writeCandles(store, inOrder);
    onAsset(assetId, candles.length);
    loaded += 1;
  }
  return loaded;
}
