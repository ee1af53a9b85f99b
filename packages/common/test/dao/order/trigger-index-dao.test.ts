import { orderRecord } from '@cnop/common/dao/order/order-dao';
import { createTriggerIndexDao } from '@cnop/common/dao/order/trigger-index-dao';
import { EXPIRY_SHARDS } from '@cnop/common/database/tables';
import type { Order } from '@cnop/common/entities/order/order';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { anAssetId, anOrderId, aPrice, aTime } from '@cnop/testing/builders/brands';
import { anOrder } from '@cnop/testing/builders/order';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IsoTime, OrderId, Price } from '../../../src/core/brands.ts';

const BTC = anAssetId('BTC');

const PRICES = ['0.000000000000000001', '0.09', '0.1', '1', '1.10', '1.2', '9', '10', '95000.50'];
const ALL = { assetId: BTC, limit: 100 };

let runtime: TestRuntime;
const triggerIndex = () => createTriggerIndexDao(runtime.store);

async function store(...orders: readonly Order[]): Promise<void> {
  await runtime.store.transact({}, () => ({ writes: orders.map(orderRecord.create), result: undefined }));
}

const openOrder = (order_id: OrderId, overrides: Partial<OrderDocument>): Order =>
  anOrder('queued', { order_id, ...overrides });

async function foundPrices(bounds: { fromPrice?: Price; toPrice?: Price }): Promise<string[]> {
  const page = await triggerIndex().getOrders({ ...ALL, kind: 'BID_LE', ...bounds });
  return page.items.map(({ orderId }) => PRICES[Number(orderId.slice('stop-'.length))] ?? orderId);
}

beforeAll(async () => {
  runtime = await createTestRuntime();
  for (const [i, price] of PRICES.entries()) {
    await store(openOrder(anOrderId(`stop-${i}`), { order_type: 'stop_loss', stop_price: aPrice(price) }));
  }
  await store(
    openOrder(anOrderId('other-asset'), {
      asset_id: anAssetId('ETH'),
      order_type: 'stop_loss',
      stop_price: aPrice('1'),
    }),
  );
  await store(
    anOrder('completed', { order_id: anOrderId('done'), order_type: 'stop_loss', stop_price: '1' }),
  );
  await store(openOrder(anOrderId('buy'), { order_type: 'limit_buy', price: aPrice('1') }));
  await store(openOrder(anOrderId('sell'), { order_type: 'limit_sell', price: aPrice('1') }));
  await store(openOrder(anOrderId('profit'), { order_type: 'take_profit', stop_price: aPrice('1') }));
  for (const seq of [9, 10, 1_768_478_400_000]) {
    const accepted_quote = {
      asset_id: BTC,
      bid: aPrice('2'),
      ask: aPrice('2'),
      mid: aPrice('2'),
      at: aTime('2026-01-15T12:00:00.000Z'),
      source: 'manual',
      seq,
    } as const;
    const terms = { order_type: 'trailing_stop', trail_amount: aPrice('1'), accepted_quote } as const;
    await store(openOrder(anOrderId(`trail-${seq}`), terms));
  }
});
afterAll(() => runtime.dispose());

describe('the trigger index', () => {
  it('is in the order of the prices, whatever their digits', async () => {
    expect(await foundPrices({})).toEqual(PRICES);
  });

  it.each(PRICES.map((price, i) => [price, i] as const))(
    'includes the bound %s on either side',
    async (price, i) => {
      expect(await foundPrices({ fromPrice: aPrice(price) })).toEqual(PRICES.slice(i));
      expect(await foundPrices({ toPrice: aPrice(price) })).toEqual(PRICES.slice(0, i + 1));
    },
  );

  it.each([
    ['ASK_LE', ['buy']],
    ['BID_GE', ['profit', 'sell']],
    ['TRAIL', ['trail-9', 'trail-10', 'trail-1768478400000']],
  ] as const)('%s has its own kinds alone', async (name, ids) => {
    const page = await triggerIndex().getOrders({ ...ALL, kind: name });
    expect(page.items.map(({ orderId }) => orderId)).toEqual(ids);
    expect(page.items[0]).toMatchObject({ username: 'alice', assetId: 'BTC' });
  });

  it('of trailing stops is read from the quote of acceptance on', async () => {
    const page = await triggerIndex().getOrders({ ...ALL, kind: 'TRAIL', fromSeq: 10 });
    expect(page.items.map(({ orderId }) => orderId)).toEqual(['trail-10', 'trail-1768478400000']);
  });

  it('tells whether it is empty', async () => {
    expect(await triggerIndex().isEmpty(BTC)).toBe(false);
    expect(await triggerIndex().isEmpty(anAssetId('ETH'))).toBe(false);
    expect(await triggerIndex().isEmpty(anAssetId('DOGE'))).toBe(true);
  });

  it('continues after a page', async () => {
    const first = await triggerIndex().getOrders({ ...ALL, kind: 'BID_LE', limit: 4 });
    const rest = await triggerIndex().getOrders({ ...ALL, kind: 'BID_LE', after: first.next });
    expect([...first.items, ...rest.items]).toHaveLength(PRICES.length);
  });
});

describe('the open orders among some ids', () => {
  it('are read in several batches', async () => {
    const ids = [...PRICES.map((_, i) => anOrderId(`stop-${i}`)), anOrderId('done'), anOrderId('unknown')];
    const many = [...Array.from({ length: 150 }, (_, i) => anOrderId(`absent-${i}`)), ...ids];
    const found = await triggerIndex().getOpen(many);
    expect(found).toMatchObject(PRICES.map((stop_price) => ({ stop_price })));
  });
});

describe('expired orders', () => {
  it('are found in the shards, including those that expire at the given time', async () => {
    const times = ['2026-02-01T00:00:00.000Z', '2026-02-01T00:00:00.001Z'].map(aTime);
    for (let i = 0; i < 40; i++) {
      const terms = {
        asset_id: anAssetId('SOL'),
        order_type: 'limit_buy',
        price: aPrice('1'),
        expires_at: times[i % 2]!,
      } as const;
      await store(openOrder(anOrderId(`expiring-${String.fromCodePoint(97 + (i % 26))}${i}`), terms));
    }
    const shards = Array.from({ length: EXPIRY_SHARDS }, (_, shard) => shard);
    const countAt = async (at: IsoTime): Promise<number> => {
      const pages = await Promise.all(
        shards.map((shard) => triggerIndex().getExpired(shard, { at, limit: 100 })),
      );
      return pages.reduce((sum, { items }) => sum + items.length, 0);
    };
    expect(await countAt(aTime('2026-01-31T23:59:59.999Z'))).toBe(0);
    expect(await countAt(times[0]!)).toBe(20);
    expect(await countAt(times[1]!)).toBe(40);
  });
});
