import { clientOrderRecord, createOrderDao, orderRecord } from '@cnop/common/dao/order/order-dao';
import { EXPIRY_SHARDS, expiryPartition } from '@cnop/common/database/keys';
import { ItemExistsError } from '@cnop/common/database/store-errors';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Order } from '@cnop/common/entities/order/order';
import { anOrder } from '@cnop/testing/builders/order';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const EXPIRES_AT = '2026-02-14T12:00:00.000Z';
let runtime: TestRuntime;
let store: TableStore;

beforeAll(async () => {
  runtime = await createTestRuntime();
  store = runtime.store;
});
afterAll(() => runtime.dispose());

const openOrder = (overrides: Partial<Order>): Order =>
  anOrder({ status: 'queued', order_type: 'limit_buy', price: '100', expires_at: EXPIRES_AT, ...overrides });

async function inTriggerIndex(pk: string, from: string, to: string): Promise<string[]> {
  const found = await store.query({
    table: 'orders',
    index: 'TriggerIndex',
    pk,
    sk: { from, to: `${to}~` },
    order: 'ascending',
    limit: 100,
  });
  return found.items.map((item) => item.key.pk);
}

async function inExpiryIndex(): Promise<string[]> {
  const shards = Array.from({ length: EXPIRY_SHARDS }, (_, shard) => expiryPartition(shard));
  const found = await Promise.all(
    shards.map((pk) =>
      store.query({ table: 'orders', index: 'OrderExpiryIndex', pk, order: 'ascending', limit: 100 }),
    ),
  );
  return found.flatMap(({ items }) => items.map((item) => item.key.pk));
}

describe('an open order', () => {
  it('is in the trigger index in the order of prices, whatever their digits', async () => {
    const dao = createOrderDao(store);
    for (const [order_id, price] of [
      ['c-1000', '1000'],
      ['c-9', '9'],
      ['c-99-5', '99.5'],
      ['c-100', '100'],
    ] as const) {
      await dao.createOrder(openOrder({ order_id, asset_id: 'SORT', price }));
    }
    const [low, high] = ['000000000000009.5', '000000000000100.000000000000000000'];
    expect(await inTriggerIndex('SORT#ASK_LE', low, high)).toEqual(['c-99-5', 'c-100']);
    expect(await inTriggerIndex('SORT#ASK_LE', '0', '9')).toEqual(['c-9', 'c-99-5', 'c-100', 'c-1000']);
    expect(await inTriggerIndex('SORT#BID_GE', '0', '9')).toEqual([]);
  });

  it.each(['processing', 'completed', 'cancelled', 'failed', 'expired'] as const)(
    'leaves both indexes when it becomes %s, and stays in the list of its owner',
    async (status) => {
      const dao = createOrderDao(store);
      const order = openOrder({ order_id: `o-${status}`, asset_id: 'LEAVE', username: `u_${status}` });
      await dao.createOrder(order);
      expect(await inTriggerIndex('LEAVE#ASK_LE', '0', '9')).toEqual([order.order_id]);
      expect(await inExpiryIndex()).toContain(order.order_id);

      await dao.updateOrderStatus(order.order_id, status, new Date('2026-01-16T12:00:00.000Z'), 'why');
      expect(await inTriggerIndex('LEAVE#ASK_LE', '0', '9')).toEqual([]);
      expect(await inExpiryIndex()).not.toContain(order.order_id);
      const page = { limit: 10, offset: 0, after: undefined };
      const { items } = await dao.getOrdersByUser(`u_${status}`, page, { order_types: ['limit_buy'] });
      expect(items).toMatchObject([
        { order_id: order.order_id, status, updated_at: '2026-01-16T12:00:00.000Z' },
      ]);
    },
  );

  it('reads back as it was written, and an order of an earlier version with defaults for new fields', async () => {
    const quote = {
      asset_id: 'BTC',
      bid: '1',
      ask: '2',
      mid: '1.5',
      at: EXPIRES_AT,
      source: 'manual',
      seq: 1,
    } as const;
    const order = openOrder({
      order_id: 'whole',
      asset_id: 'READ',
      accepted_quote: quote,
      held_amount: '50.00',
    });
    await store.transact({}, () => ({ writes: [orderRecord.create(order)], result: undefined }));
    expect(await createOrderDao(store).getOrder('whole')).toEqual(order);

    const { accepted_quote: _a, held_amount: _b, fee_bps: _c, client_order_id: _d, ...earlier } = order;
    const old = {
      ...orderRecord.create(order),
      kind: 'create' as const,
      attributes: { ...earlier, order_id: 'old' },
    };
    await store.transact({}, () => ({
      writes: [{ ...old, key: orderRecord.key({ order_id: 'old' }) }],
      result: undefined,
    }));
    expect(await createOrderDao(store).getOrder('old')).toEqual({
      ...order,
      order_id: 'old',
      accepted_quote: null,
      held_amount: '0',
      fee_bps: 0,
      client_order_id: null,
    });
  });
});

describe('a client order id', () => {
  const claim = { username: 'alice', client_order_id: 'mine:1', order_id: 'order-1', request_hash: 'abc' };

  it('is claimed once for each user', async () => {
    const take = async (username: string) =>
      store.transact({}, () => ({
        writes: [clientOrderRecord.create({ ...claim, username })],
        result: true,
      }));
    expect(await take('alice')).toBe(true);
    expect(await take('bob')).toBe(true);
    await expect(take('alice')).rejects.toThrow(ItemExistsError);
    expect(clientOrderRecord.readIfPresent(await store.get(clientOrderRecord.key(claim)))).toEqual(claim);
  });

  it('is kept for ever', () => {
    expect(clientOrderRecord.create(claim)).not.toHaveProperty('expiresAtEpochSeconds');
  });
});
