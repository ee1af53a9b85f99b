import type { AssetId } from '@cnop/common/core/brands';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import { anAssetId } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { createFakeClock } from '@cnop/testing/fake-clock';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadHistory } from '../../src/market-maker/price-history.ts';
import { createRandomSource } from '../../src/price-feed/simulated-feed.ts';
import { openMarket } from './market-under-test.ts';

const BTC = anAssetId('BTC');

const START = '2026-03-03T14:30:10.000Z';
const clock = createFakeClock(START);
let runtime: TestRuntime;

beforeEach(async () => {
  clock.set(START);
  runtime = await createTestRuntime({ clock });
  const assets = createAssetDao(runtime.store);
  for (const asset_id of ['BTC', 'ETH']) {
    await assets.createAsset(anAsset({ asset_id, created_at: START, last_price_update: START }));
  }
});
afterEach(async () => runtime.dispose());

const load = async () => {
  const reported: string[] = [];
  const count = await loadHistory({
    store: runtime.store,
    clock,
    random: createRandomSource('seed'),
    onAsset: (assetId) => reported.push(assetId),
  });
  return { count, reported };
};
const days = async (assetId: AssetId) =>
  createCandleDao(runtime.store).getCandles({ assetId, interval: '1d', limit: 1_000, order: 'ascending' });

test('a history is made once for every asset, and recording continues from it', async () => {
  expect(await load()).toEqual({ count: 2, reported: ['BTC', 'ETH'] });
  const before = await days(BTC);
  expect(before).toHaveLength(366);
  expect(await load()).toEqual({ count: 0, reported: [] });

  const market = openMarket({ store: runtime.store, clock });
  await market.maker.start();
  await market.maker.stop();
  expect(await days(BTC)).toEqual(before);
});

test('no history is made for an asset with recorded prices', async () => {
  const market = openMarket({ store: runtime.store, clock });
  await market.maker.start();
  await market.maker.stop();
  expect(await load()).toEqual({ count: 0, reported: [] });
  expect(await days(BTC)).toHaveLength(1);
});
