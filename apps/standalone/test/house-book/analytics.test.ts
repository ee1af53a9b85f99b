import { createAssetBalanceDao, createAssetTransactionDao } from '@cnop/common/dao/asset/position-dao';
import { createHouseBookDao } from '@cnop/common/dao/house/house-book-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createOrderDao } from '@cnop/common/dao/order/order-dao';
import { createTriggerIndexDao } from '@cnop/common/dao/order/trigger-index-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { anAssetId, aUsername } from '@cnop/testing/builders/brands';
import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { createCleanup } from '@cnop/testing/system/cleanup';
import {
  readAssetAnalytics,
  readPlatformAnalytics,
} from '@cnop/user-service/analytics/use-cases/read-book-analytics';
import { readOwnAnalytics } from '@cnop/user-service/analytics/use-cases/read-own-analytics';
import { afterEach, describe, expect, test } from 'vitest';
import { openDynamoDb } from '../verify/dynamodb-store.ts';
import type { Market } from './market.ts';
import { project, startMarket, tradeForDays } from './market.ts';

const cleanup = createCleanup();
afterEach(() => cleanup.run());

const SPAN = { from: '2026-01-01', to: '2026-12-31' };

const depsOf = ({ runtime }: Market) => ({
  ...runtime,
  orders: createOrderDao(runtime.store),
  holdings: createAssetBalanceDao(runtime.store),
  trades: createAssetTransactionDao(runtime.store),
  houseBook: createHouseBookDao(runtime.store),
  assets: createAssetDao(runtime.store),
  triggers: createTriggerIndexDao(runtime.store),
});

const cents = (usd: unknown): number => Math.round(Number(usd ?? '0') * 100);

/** Sums the raw trades of a user, or of all users, in cents. */
async function foldTrades(
  store: TableStore,
  isMeant: (fields: Readonly<Record<string, unknown>>) => boolean,
) {
  const sums = { buys: 0, sales: 0, volume: 0, fees: 0, realized: 0 };
  for await (const { key, attributes: fields } of store.scan('users')) {
    if (!key.pk.startsWith('TRANS#') || !isMeant(fields)) continue;
    if (fields['transaction_type'] === 'buy') sums.buys += 1;
    else sums.sales += 1;
    sums.volume += cents(fields['total_amount']);
    sums.fees += cents(fields['fees']);
    sums.realized += cents(fields['realized_pnl']);
  }
  return sums;
}

const ADAPTERS: Readonly<Record<string, () => Promise<TableStore | undefined>>> = {
  'the embedded store': async () => undefined,
  ...(whyNoDynamoDb() === undefined && { DynamoDB: () => openDynamoDb(cleanup) }),
};

describe.each(Object.entries(ADAPTERS))('analytics in %s', (_name, open) => {
  test('of a user, an asset and the platform are sums of the raw items', async () => {
    const market = await startMarket(cleanup, await open());
    const { store } = market.runtime;
    for (const name of ['ann', 'ben', 'cleo']) await market.open(name, '100000.00');
    await tradeForDays(market, 9);
    await project(market);
    const deps = depsOf(market);

    const { trades, orders } = await readOwnAnalytics(deps, { ...SPAN, username: aUsername('ann') });
    const own = await foldTrades(store, ({ username }) => username === 'ann');
    const { total } = trades;
    expect([total.buys, total.sales]).toEqual([own.buys, own.sales]);
    expect([total.volume, total.fees, total.realized_pnl].map(cents)).toEqual([
      own.volume,
      own.fees,
      own.realized,
    ]);
    const parts = [trades.by_asset, trades.by_day].map((part) =>
      part.reduce((sum, { realized_pnl }) => sum + cents(realized_pnl), 0),
    );
    expect(parts).toEqual([own.realized, own.realized]);
    expect(orders).toMatchObject({
      placed: own.buys + own.sales,
      filled: own.buys + own.sales,
      fill_rate: '1',
    });

    const gold = await readAssetAnalytics(deps, anAssetId('GOLD'), SPAN);
    const all = await foldTrades(store, ({ asset_id }) => asset_id === 'GOLD');
    expect([gold.total.buys, gold.total.sales, cents(gold.total.volume)]).toEqual([
      all.buys,
      all.sales,
      all.volume,
    ]);

    const platform = await readPlatformAnalytics(deps, SPAN);
    const everything = await foldTrades(store, () => true);
    expect(platform.all_days).toMatchObject({
      new_users: 3,
      active_users: 3,
      trades: everything.buys + everything.sales,
    });
    expect([platform.total.volume, platform.total.fees].map(cents)).toEqual([
      everything.volume,
      everything.fees,
    ]);
    expect(platform.complete_to).not.toBeNull();
  });
});

test('open orders are counted by their distance from the price, each once', async () => {
  const market = await startMarket(cleanup);
  await market.open('ann', '100000.00');
  await market.trade('ann', { order_type: 'market_buy', asset_id: 'GOLD', quantity: '3' });
  // The price is 2003.37: 1 % is 20.0337.
  for (const price of ['2000', '1983.34', '1983.33', '1500']) {
    await market.trade('ann', { order_type: 'limit_buy', asset_id: 'GOLD', quantity: '0.1', price });
  }
  for (const price of ['2023.4', '2023.41', '9000']) {
    await market.trade('ann', { order_type: 'limit_sell', asset_id: 'GOLD', quantity: '0.1', price });
  }
  await market.trade('ann', {
    order_type: 'stop_loss',
    asset_id: 'GOLD',
    quantity: '0.1',
    stop_price: '1900',
  });
  const { open_orders } = await readAssetAnalytics(depsOf(market), anAssetId('GOLD'), SPAN);
  expect(open_orders).toEqual([
    { from_percent: '0', to_percent: '1', below: 2, above: 1 },
    { from_percent: '1', to_percent: '2', below: 1, above: 1 },
    { from_percent: '2', to_percent: '5', below: 0, above: 0 },
    { from_percent: '5', to_percent: '10', below: 1, above: 0 },
    { from_percent: '10', to_percent: '25', below: 0, above: 0 },
    { from_percent: '25', to_percent: null, below: 1, above: 1 },
  ]);
});
