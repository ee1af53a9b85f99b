import { priceSettings } from '@cnop/common/config/price-settings';
import type { Username } from '@cnop/common/core/brands';
import { isoTime, newId } from '@cnop/common/core/brands';
import { createAssetBalanceDao } from '@cnop/common/dao/asset/position-dao';
import { assetRecord, createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { schemaVersionRecord } from '@cnop/common/dao/schema/schema-dao';
import { createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { buildInventoryServiceApp } from '@cnop/inventory-service/app';
import { openMarketMaker } from '@cnop/inventory-service/market-maker/market-maker';
import { buildOrderServiceApp } from '@cnop/order-service/app';
import { createTriggerEngine } from '@cnop/order-service/trigger-engine/trigger-engine';
import { createOrderDependencies } from '@cnop/order-service/use-cases/dependencies';
import { anAssetId, aPrice, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { aUser } from '@cnop/testing/builders/user';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verifyStore } from '../src/verify/audit-store.ts';

const HOLDER0 = aUsername('holder0');

const HOLDERS = Array.from({ length: 5 }, (_, number) => aUsername(`holder${number}`));
const NO_ROUND_BY_ITSELF = {
  PRICE_TICK_MILLISECONDS: '60000',
  PRICE_PERSIST_SECONDS: '3600',
  PRICE_FEED: 'manual',
};

type World = Awaited<ReturnType<typeof openWorld>>;
let world: World;

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

/** Starts the inventory service and the order service over one store: COIN at 10, held by five customers. */
async function openWorld() {
  const clock = createFakeClock();
  const runtime = await createTestRuntime({ clock });
  const { store } = runtime;
  await createAssetDao(store).createAsset(anAsset({ asset_id: 'COIN', current_price: '10', fee_bps: 0 }));
  const maker = await openMarketMaker(runtime, priceSettings.parse(NO_ROUND_BY_ITSELF));
  const inventory = await buildInventoryServiceApp({
    ...runtime,
    market: maker.market,
    manualPriceMaxPercent: 1_000,
  });
  const limits = { maxQuoteAgeSeconds: 3_600 };
  const orders = await buildOrderServiceApp({ ...runtime, ...limits });
  const deps = createOrderDependencies({ ...runtime, ...limits });
  const at = isoTime(clock.now());
  runtime.quotes.publish([
    {
      asset_id: anAssetId('COIN'),
      bid: aPrice('10'),
      mid: aPrice('10'),
      ask: aPrice('10'),
      at,
      source: 'manual',
      seq: 1,
    },
  ]);
  let settlementsLeft = Number.POSITIVE_INFINITY;
  /** Runs the engine of a process that is killed after some commits. */
  const mortal: TableStore = {
    ...store,
    transact: async (reads, decide) => {
      if (settlementsLeft <= 0) throw new Error('the process was killed');
      settlementsLeft -= 1;
      return store.transact(reads, decide);
    },
  };
  const engine = createTriggerEngine({ ...deps, store: mortal, log: runtime.logger });
  await engine.sweep();
  await createUserDao(store).createUser(aUser({ username: 'root', role: 'admin' }));
  await runtime.fund('root', '1.00');
  const admin = await runtime.signIn('root', 'admin');
  const signedIn = new Map<string, Record<string, string>>();
  for (const username of HOLDERS) {
    await createUserDao(store).createUser(aUser({ username }));
    await runtime.fund(username, '100.00');
    signedIn.set(username, await runtime.signIn(username));
  }
  const as = (username: string) => signedIn.get(username)!;
  const order = (username: string, payload: object) =>
    orders.inject({
      method: 'POST',
      url: '/orders',
      headers: as(username),
      payload: { asset_id: 'COIN', ...payload },
    });
  for (const username of HOLDERS) {
    expect((await order(username, { order_type: 'market_buy', quantity: '2' })).statusCode).toBe(201);
  }

  return {
    clock,
    store,
    engine,
    order,
    dieAfter(commits: number): void {
      settlementsLeft = commits;
    },
    put: (payload: object) =>
      inventory.inject({ method: 'PUT', url: '/inventory/assets/COIN', headers: admin, payload }),
    cancel: (username: string, orderId: string) =>
      orders.inject({ method: 'POST', url: `/orders/${orderId}/cancel`, headers: as(username) }),
    preview: (username: string, payload: object) =>
      orders.inject({
        method: 'POST',
        url: '/orders/preview',
        headers: as(username),
        payload: { asset_id: 'COIN', ...payload },
      }),
    transactions: (username: string) =>
      orders.inject({ method: 'GET', url: '/assets/COIN/transactions', headers: as(username) }),
    cash: async (username: Username) => (await createBalanceDao(store).getBalance(username))?.current_balance,
    position: (username: Username) =>
      createAssetBalanceDao(store).getAssetBalance(username, anAssetId('COIN')),
    asset: () => createAssetDao(store).getAsset(anAssetId('COIN')),
    /** A store of an earlier version has none. */
    deleteSchemaVersion: async (): Promise<void> => {
      const key = schemaVersionRecord.key({});
      await store.transact({ schema: key }, () => ({ writes: [{ kind: 'delete', key }], result: undefined }));
    },
    setStoredAsset: async (changes: Record<string, string | null>): Promise<void> => {
      await store.transact({ asset: assetRecord.key({ asset_id: anAssetId('COIN') }) }, ({ asset }) => ({
        writes: [
          {
            kind: 'replace',
            key: asset!.key,
            attributes: { ...asset!.attributes, ...changes },
            indexes: { CatalogueIndex: { pk: 'ASSET', sk: 'COIN' } },
          },
        ],
        result: undefined,
      }));
    },
    violations: async () => (await verifyStore(store, { clock })).violations,
    async close() {
      await engine.close();
      await Promise.all([inventory.close(), orders.close()]);
      await maker.stop();
      await runtime.dispose();
    },
  };
}

describe('delisting', () => {
  test('cancels the open orders first and settles every position once, at the published price', async () => {
    await world.order('holder0', { order_type: 'limit_sell', quantity: '2', price: '20' });
    await world.order('holder1', { order_type: 'limit_buy', quantity: '1', price: '5' });
    const answer = await world.put({ status: 'delisted' });
    expect(answer.json()).toMatchObject({ data: { status: 'delisted', settlement_price: '10' } });
    for (let pass = 0; pass < 3; pass += 1) await world.engine.sweep();
    for (const holder of HOLDERS) {
      expect(await world.cash(holder)).toBe('100.00');
      expect(await world.position(holder)).toMatchObject({ quantity: '0', held_quantity: '0' });
    }
    const { data } = (await world.transactions('holder0')).json<{ data: object[] }>();
    expect(data[0]).toMatchObject({
      transaction_type: 'settlement',
      quantity: '2',
      price: '10',
      total_amount: '20.00',
      order_id: null,
    });
    expect(data).toHaveLength(2);
    expect(await world.violations()).toEqual([]);
  });

  test('resumes where an interrupted pass ended, and pays no user twice', async () => {
    await world.put({ status: 'delisted' });
    world.dieAfter(2);
    await world.engine.sweep().catch(() => undefined);
    const settled = await Promise.all(HOLDERS.map((holder) => world.position(holder)));
    expect(settled.filter((position) => position?.quantity === '0')).toHaveLength(2);
    expect(await world.violations()).toEqual([]);
    world.dieAfter(Number.POSITIVE_INFINITY);
    await world.engine.sweep();
    for (const holder of HOLDERS) expect(await world.cash(holder)).toBe('100.00');
    expect(await world.violations()).toEqual([]);
  });

  test('is done when a pass after the last order in flight finds nothing left', async () => {
    await world.put({ status: 'delisted' });
    await world.engine.sweep();
    expect((await world.asset())?.settled_at).toBeNull();
    world.clock.advanceSeconds(61);
    await world.engine.sweep();
    expect((await world.asset())?.settled_at).toBe(world.clock.now().toISOString());
    expect(await world.violations()).toEqual([]);
    expect((await world.put({ status: 'active' })).statusCode).toBe(409);
  });

  test('of an earlier version, which left the positions, is settled at the last price', async () => {
    await world.deleteSchemaVersion();
    await world.setStoredAsset({ status: 'delisted', current_price: '12' });
    const later = createTriggerEngine({
      ...createOrderDependencies({
        store: world.store,
        clock: world.clock,
        ids: { next: () => newId(crypto.randomUUID()) },
        quotes: { latest: () => undefined, subscribe: () => () => undefined },
        trades: { report: () => undefined, subscribe: () => () => undefined },
        maxQuoteAgeSeconds: 15,
      }),
      log: { info: () => undefined, warn: () => undefined },
    });
    await later.sweep();
    await later.close();
    for (const holder of HOLDERS) expect(await world.cash(holder)).toBe('104.00');
    expect(await world.violations()).toEqual([]);
  });
});

describe('the states of an asset', () => {
  const BUY = { order_type: 'market_buy', quantity: '1' };
  const SELL = { order_type: 'market_sell', quantity: '1' };

  test.each([
    ['active', 201, 201],
    ['close_only', 422, 201],
    ['cancel_only', 422, 422],
    ['suspended', 422, 422],
    ['delisted', 422, 422],
  ])(
    '%s: a buy is answered with %i, a sale with %i, and any open order can be cancelled',
    async (status, buys, sells) => {
      const open = await world.order('holder2', { order_type: 'limit_sell', quantity: '1', price: '90' });
      const { data } = open.json<{ data: { order_id: string } }>();
      expect((await world.put({ status })).statusCode).toBe(200);
      expect((await world.order('holder0', BUY)).statusCode).toBe(buys);
      expect((await world.order('holder1', SELL)).statusCode).toBe(sells);
      const would = (await world.preview('holder3', BUY)).json<{ data: { would_be: string } }>().data
        .would_be;
      expect(would).toBe(buys === 201 ? 'executed' : 'refused');
      expect((await world.cancel('holder2', data.order_id)).statusCode).toBe(200);
      expect(await world.violations()).toEqual([]);
    },
  );

  test('that an earlier version stored as inactive is cancel_only, in answers at once and on disk after a start', async () => {
    await world.setStoredAsset({ status: 'inactive' });
    expect(await world.violations()).toEqual([]);
    expect(await world.asset()).toMatchObject({ status: 'cancel_only' });
    expect((await world.order('holder0', SELL)).json()).toMatchObject({ code: 'BUS_003' });
    expect((await world.put({ status: 'inactive' })).json()).toMatchObject({
      data: { status: 'cancel_only', is_active: false, availability_status: 'unavailable' },
    });
  });
});

describe('a position worth less than a cent', () => {
  test('is closed by a market sale of max for 0.00, and by no other order', async () => {
    await world.order('holder0', { order_type: 'market_sell', quantity: '1.99999' });
    const cash = await world.cash(HOLDER0);
    expect(
      (await world.order('holder0', { order_type: 'market_sell', quantity: '0.00001' })).statusCode,
    ).toBe(422);
    const max = { order_type: 'market_sell', quantity: 'max' };
    expect((await world.preview('holder0', max)).json()).toMatchObject({ data: { would_be: 'executed' } });
    const sold = await world.order('holder0', max);
    expect(sold.statusCode, sold.body).toBe(201);
    expect(sold.json()).toMatchObject({ data: { quantity: '0.00001', total_amount: '0.00', fees: '0.00' } });
    expect(await world.cash(HOLDER0)).toBe(cash);
    expect(await world.position(HOLDER0)).toMatchObject({
      quantity: '0',
      total_invested: '0.00',
    });
    expect(await world.violations()).toEqual([]);
  });

  test('is settled for 0.00 when its asset is delisted', async () => {
    await world.order('holder0', { order_type: 'market_sell', quantity: '1.99999' });
    const cash = await world.cash(HOLDER0);
    await world.put({ status: 'delisted' });
    await world.engine.sweep();
    expect(await world.cash(HOLDER0)).toBe(cash);
    expect(await world.position(HOLDER0)).toMatchObject({ quantity: '0' });
    expect(await world.violations()).toEqual([]);
  });
});
