import { priceSettings } from '@cnop/common/config/price-settings';
import { assetRecord, createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import { assetListResponseSchema, assetResponseSchema } from '@cnop/common/entities/inventory/asset';
import { buildInventoryServiceApp } from '@cnop/inventory-service/app';
import { openMarketMaker } from '@cnop/inventory-service/market-maker/market-maker';
import { buildOrderServiceApp } from '@cnop/order-service/app';
import { anAssetId } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { aUser } from '@cnop/testing/builders/user';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, describe, expect, test } from 'vitest';
import { verifyStore } from '../src/verify/audit-store.ts';

const SMALLEST = '0.000000000000000001';
const LARGEST = '999999999999999.999999999999999999';
const MOST_UNITS = '999999999999999';
const STATISTICS = [
  'market_cap',
  'volume_24h',
  'price_change_24h',
  'price_change_percentage_24h',
  'high_24h',
  'low_24h',
  'price_usd',
] as const;
const NO_ROUND_BY_ITSELF = {
  PRICE_TICK_MILLISECONDS: '60000',
  PRICE_PERSIST_SECONDS: '3600',
  PRICE_FEED: 'manual',
};

type World = Awaited<ReturnType<typeof openWorld>>;
let world: World;
afterEach(() => world.close());

/** Starts the inventory service, with prices set by two administrators, and the order service over one store. */
async function openWorld(current_price: string) {
  const clock = createFakeClock();
  const runtime = await createTestRuntime({ clock });
  const { store } = runtime;
  const coin = { asset_id: 'COIN', price_scale: 18, spread_bps: 20, circulating_supply: '21000000' };
  await createAssetDao(store).createAsset(anAsset({ ...coin, current_price }));
  const maker = await openMarketMaker(runtime, priceSettings.parse(NO_ROUND_BY_ITSELF));
  await maker.start();
  const inventory = await buildInventoryServiceApp({
    ...runtime,
    market: maker.market,
    manualPriceMaxPercent: 1,
  });
  const orders = await buildOrderServiceApp({ ...runtime, maxQuoteAgeSeconds: 3_600 });
  const signedIn = new Map<string, Record<string, string>>();
  for (const [username, role] of [
    ['first', 'admin'],
    ['second', 'admin'],
    ['carol', 'customer'],
  ] as const) {
    await createUserDao(store).createUser(aUser({ username, role }));
    await runtime.fund(username, '100.00');
    signedIn.set(username, await runtime.signIn(username, role));
  }
  const read = async (url: string) => {
    const reply = await inventory.inject({ method: 'GET', url });
    expect(reply.statusCode, reply.body).toBe(200);
    return reply.json<{ data: unknown }>();
  };
  return {
    read,
    coin: async () => assetResponseSchema.parse((await read('/inventory/assets/COIN')).data),
    /** Proposes a price as one administrator and approves it as another. */
    async setPrice(price: string): Promise<unknown> {
      const call = {
        method: 'PUT',
        url: '/inventory/assets/COIN/price',
        payload: { price, force: true },
      } as const;
      const proposed = await inventory.inject({ ...call, headers: signedIn.get('first')! });
      expect(proposed.statusCode, proposed.body).toBe(202);
      const approved = await inventory.inject({ ...call, headers: signedIn.get('second')! });
      expect(approved.statusCode, approved.body).toBe(200);
      return approved.json<{ data: unknown }>().data;
    },
    order: async (order_type: string, quantity: string) => {
      const payload = { asset_id: 'COIN', order_type, quantity };
      const reply = await orders.inject({
        method: 'POST',
        url: '/orders',
        headers: signedIn.get('carol')!,
        payload,
      });
      return reply.statusCode;
    },
    /** Makes the quotes of another second and stores prices and candles. */
    async goOn(seconds = 1): Promise<void> {
      clock.advanceSeconds(seconds);
      await maker.tick();
      await maker.persist();
    },
    /** Stores the asset like an earlier version, with its market cap. */
    async storeFormer(market_cap: string): Promise<void> {
      const key = assetRecord.key({ asset_id: anAssetId('COIN') });
      await store.transact({ asset: key }, ({ asset }) => {
        const { circulating_supply: _supply, ...former } = asset!.attributes;
        const attributes = { ...former, market_cap };
        const indexes = { CatalogueIndex: { pk: 'ASSET', sk: 'COIN' } };
        return { writes: [{ kind: 'replace', key, attributes, indexes }], result: undefined };
      });
    },
    violations: async () => (await verifyStore(store, { clock })).violations,
    async close() {
      await Promise.all([inventory.close(), orders.close()]);
      await maker.stop();
      await runtime.dispose();
    },
  };
}

describe('the statistics of an asset', () => {
  test('are numbers in the list, in one asset, in the answer to an administrator and in the market', async () => {
    world = await openWorld('2');
    const answers = [
      await world.setPrice('3'),
      await world.coin(),
      ...assetListResponseSchema.parse(await world.read('/inventory/assets')).data,
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({
        market_cap: 63_000_000,
        volume_24h: 0,
        price_change_24h: 1,
        price_change_percentage_24h: 50,
        high_24h: 3,
        low_24h: 2,
        price_usd: 3,
        current_price: '3',
        circulating_supply: '21000000',
      });
    }
    expect((await world.read('/inventory/market')).data).toMatchObject({
      total_market_cap: 63_000_000,
      total_volume_24h_usd: 0,
      top_gainers: [{ current_price: '3', price_change_percentage_24h: 50 }],
      by_category: [{ market_cap: 63_000_000, change_percentage_24h: 50 }],
    });
  });

  test('have a market cap that follows the price', async () => {
    world = await openWorld('2');
    expect(await world.coin()).toMatchObject({ market_cap: 42_000_000 });
    await world.setPrice('0.001');
    await world.goOn();
    expect(await world.coin()).toMatchObject({ current_price: '0.001', market_cap: 21_000 });
    expect(await world.violations()).toEqual([]);
  });

  test('have a market cap that follows the price from the one that an earlier version stored, in a sound store', async () => {
    world = await openWorld('2');
    await world.storeFormer('100');
    expect(await world.violations()).toEqual([]);
    expect(await world.coin()).toMatchObject({ circulating_supply: '50', market_cap: 100 });
    await world.setPrice('3');
    await world.goOn();
    expect(await world.coin()).toMatchObject({ circulating_supply: '50', market_cap: 150 });
    expect(await world.violations()).toEqual([]);
  });

  test.each([
    ['smallest', 'largest', SMALLEST, LARGEST],
    ['largest', 'smallest', LARGEST, SMALLEST],
  ])(
    'are limited when the price goes from the %s to the %s, and the store is sound',
    async (_from, _to, from, to) => {
      world = await openWorld(from);
      await world.setPrice(to);
      await world.goOn();
      const coin = await world.coin();
      expect(coin).toMatchObject({ current_price: to, high_24h: 1e15, low_24h: 1e-18 });
      for (const field of STATISTICS) expect(Math.abs(coin[field] ?? Number.NaN)).toBeLessThanOrEqual(1e15);
      assetListResponseSchema.parse(await world.read('/inventory/assets'));
      await world.read('/inventory/market');
      expect(await world.violations()).toEqual([]);
    },
  );

  test('are limited when more units of a worthless asset are traded than can be stored, and so is the candle', async () => {
    world = await openWorld(SMALLEST);
    for (let round = 0; round < 2; round += 1) {
      expect(await world.order('market_buy', MOST_UNITS)).toBe(201);
      expect(await world.order('market_sell', 'max')).toBe(201);
    }
    await world.goOn();
    await world.setPrice(LARGEST);
    // Closes the candles of one and of five minutes, so that their volumes can be compared.
    await world.goOn(300);
    expect(await world.coin()).toMatchObject({ volume_24h: 1e15 });
    const { data } = await world.read('/inventory/assets/COIN/candles?interval=5m');
    expect(data).toMatchObject([{ volume: LARGEST }, {}]);
    expect(await world.violations()).toEqual([]);
  });
});
