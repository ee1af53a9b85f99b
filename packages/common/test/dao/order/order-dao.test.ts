import {
  clientOrderRecord,
  createOrderDao,
  matchesFilter,
  orderDocumentRecord,
  orderRecord,
} from '@cnop/common/dao/order/order-dao';
import { ItemExistsError } from '@cnop/common/database/store-errors';
import type { TableStore } from '@cnop/common/database/table-store';
import { EXPIRY_SHARDS, expiryPartition } from '@cnop/common/database/tables';
import type { Order } from '@cnop/common/entities/order/order';
import { documentOf } from '@cnop/common/entities/order/order-codec';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { NotFoundError, StateConflictError } from '@cnop/exception/errors';
import { aClientOrderId, anAssetId, anOrderId, aTime, aUsername } from '@cnop/testing/builders/brands';
import { anOrder, anOrderDocument } from '@cnop/testing/builders/order';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderId, Username } from '../../../src/core/brands.ts';

const OLD = anOrderId('old');
const NONE = anOrderId('none');
const MINE = aClientOrderId('mine');
const ALICE = aUsername('alice');
const NOTED = anOrderId('noted');
const NEXT = anOrderId('next');
const HOLDING = anOrderId('holding');
const LISTER = aUsername('lister');

const CREATED_AT = '2026-01-15T12:00:00.000Z';
const CHANGED_AT = '2026-01-16T12:00:00.000Z';
const WHOLE_PAGE = { limit: 10, offset: 0, after: undefined };
let runtime: TestRuntime;
let store: TableStore;

beforeAll(async () => {
  runtime = await createTestRuntime();
  store = runtime.store;
});
afterAll(() => runtime.dispose());

const dao = () => createOrderDao(store);

async function save(orders: readonly Order[]): Promise<void> {
  await store.transact({}, () => ({ writes: orders.map(orderRecord.create), result: undefined }));
}

async function storedOrder(order_id: OrderId): Promise<OrderDocument | undefined> {
  return orderDocumentRecord.readIfPresent(await store.get(orderRecord.key({ order_id })));
}

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
    const prices = { 'c-1000': '1000', 'c-9': '9', 'c-99-5': '99.5', 'c-100': '100' };
    await save(
      Object.entries(prices).map(([order_id, price]) =>
        anOrder('queued', {
          order_type: 'limit_buy',
          order_id: anOrderId(order_id),
          asset_id: anAssetId('SORT'),
          price,
        }),
      ),
    );
    const [low, high] = ['000000000000009.5', '000000000000100.000000000000000000'];
    expect(await inTriggerIndex('SORT#ASK_LE', low, high)).toEqual(['c-99-5', 'c-100']);
    expect(await inTriggerIndex('SORT#ASK_LE', '0', '9')).toEqual(['c-9', 'c-99-5', 'c-100', 'c-1000']);
    expect(await inTriggerIndex('SORT#BID_GE', '0', '9')).toEqual([]);
  });

  it.each(['processing', 'completed', 'cancelled', 'failed', 'expired'] as const)(
    'leaves both indexes when it becomes %s, and stays in the list of its user',
    async (status) => {
      const names = {
        order_id: anOrderId(`o-${status}`),
        asset_id: anAssetId('LEAVE'),
        username: aUsername(`u_${status}`),
      };
      const order = anOrder('queued', { order_type: 'limit_buy', ...names });
      await save([order]);
      expect(await inTriggerIndex('LEAVE#ASK_LE', '0', '9')).toEqual([order.order_id]);
      expect(await inExpiryIndex()).toContain(order.order_id);

      const changed = anOrder(status, { order_type: 'limit_buy', ...names });
      await store.transact({ order: orderRecord.key(order) }, () => ({
        writes: [orderRecord.replace(changed)],
        result: undefined,
      }));
      expect(await inTriggerIndex('LEAVE#ASK_LE', '0', '9')).toEqual([]);
      expect(await inExpiryIndex()).not.toContain(order.order_id);
      const { items } = await dao().getOrdersByUser(aUsername(`u_${status}`), WHOLE_PAGE);
      expect(items).toEqual([documentOf(changed)]);
    },
  );
});

describe('the record of orders', () => {
  it('reads an order as it was written', async () => {
    const order = anOrder('queued', {
      order_type: 'trailing_stop',
      order_id: anOrderId('whole'),
      trail_amount: '5',
    });
    await save([order]);
    const item = await store.get(orderRecord.key(order));
    expect(orderRecord.readIfPresent(item)).toEqual(order);
    expect(orderRecord.parse(item!)).toEqual(order);
    expect(orderRecord.readIfPresent(undefined)).toBeUndefined();
    expect(await storedOrder(anOrderId('whole'))).toEqual(documentOf(order));
  });

  it('completes an order of an earlier version, which lacks new fields', async () => {
    const order = anOrderDocument({
      order_type: 'market_sell',
      status: 'completed',
      order_id: OLD,
    });
    const {
      fee_bps: _a,
      client_order_id: _b,
      price_bound: _c,
      stop_price: _d,
      trail_amount: _e,
      trail_percent: _f,
      held_amount: _g,
      accepted_quote: _h,
      trigger_quote: _i,
      trigger_price: _j,
      executed_price: _k,
      refund: _l,
      ...earlier
    } = order;
    const write = {
      kind: 'create' as const,
      key: orderRecord.key({ order_id: OLD }),
      attributes: earlier,
    };
    await store.transact({}, () => ({ writes: [write], result: undefined }));
    expect(await dao().getOrder(OLD)).toEqual({ ...order, executed_price: null });
    const item = await store.get(orderRecord.key({ order_id: OLD }));
    expect(orderRecord.readIfPresent(item)).toMatchObject({ fill: { price: order.price } });
  });
});

describe('the DAO of orders', () => {
  it('stores a new order, which holds nothing yet, once', async () => {
    const order = anOrder('pending', { order_id: anOrderId('new') });
    expect(await dao().createOrder(order)).toEqual(documentOf(order));
    expect(await storedOrder(anOrderId('new'))).toEqual(documentOf(order));
    await expect(dao().createOrder(order)).rejects.toThrow(ItemExistsError);
    // @ts-expect-error -- an order that is filled moved money, which this method does not book
    const unbooked: Parameters<ReturnType<typeof dao>['createOrder']>[0] = anOrder('completed');
    expect(unbooked.status).toBe('completed');
  });

  it('returns an order by its id', async () => {
    await save([anOrder('completed', { order_id: anOrderId('one') })]);
    expect(await dao().getOrder(anOrderId('one'))).toMatchObject({ order_id: 'one', status: 'completed' });
    expect(await dao().getOrder(NONE)).toBeUndefined();
  });

  it('returns an order by the id that its client gave it', async () => {
    await save([anOrder('completed', { order_id: anOrderId('named'), client_order_id: MINE })]);
    const claim = {
      username: ALICE,
      client_order_id: MINE,
      order_id: anOrderId('named'),
      request_hash: 'abc',
    };
    await store.transact({}, () => ({ writes: [clientOrderRecord.create(claim)], result: undefined }));
    expect(await dao().getOrderByClientId(ALICE, MINE)).toMatchObject({
      order_id: 'named',
    });
    expect(await dao().getOrderByClientId(aUsername('bob'), MINE)).toBeUndefined();
  });

  it('changes the note of an order and nothing else', async () => {
    const order = anOrder('queued', {
      order_type: 'stop_loss',
      order_id: NOTED,
      asset_id: anAssetId('NOTE'),
    });
    await save([order]);
    const smuggled = { description: 'mine', status: 'completed', held_amount: '0' };
    const expected = { ...documentOf(order), description: 'mine', updated_at: CHANGED_AT };
    expect(await dao().updateOrder(NOTED, smuggled, new Date(CHANGED_AT))).toEqual(expected);
    expect(await storedOrder(NOTED)).toEqual(expected);
    expect(await inTriggerIndex('NOTE#BID_LE', '0', '9')).toEqual(['noted']);
    await expect(dao().updateOrder(NONE, { description: null }, new Date())).rejects.toThrow(NotFoundError);
  });

  it('takes an order that is not open yet to its next status', async () => {
    await save([anOrder('pending', { order_id: NEXT })]);
    const at = new Date(CHANGED_AT);
    await dao().updateOrderStatus(NEXT, { status: 'confirmed', at, reason: null });
    const cancelled = await dao().updateOrderStatus(NEXT, {
      status: 'cancelled',
      at,
      reason: 'why',
    });
    expect(cancelled).toMatchObject({
      status: 'cancelled',
      cancelled_at: CHANGED_AT,
      updated_at: CHANGED_AT,
    });
    expect(cancelled.history).toEqual([
      { status: 'pending', at: CREATED_AT, reason: null },
      { status: 'confirmed', at: CHANGED_AT, reason: null },
      { status: 'cancelled', at: CHANGED_AT, reason: 'why' },
    ]);
    expect(await storedOrder(NEXT)).toEqual(cancelled);
    await save([anOrder('pending', { order_id: anOrderId('failing') })]);
    expect(
      await dao().updateOrderStatus(anOrderId('failing'), { status: 'failed', at, reason: null }),
    ).toMatchObject({
      status: 'failed',
    });
  });

  it.each([
    ['confirmed', 'confirmed'],
    ['confirmed', 'failed'],
    ['processing', 'failed'],
    ['completed', 'cancelled'],
    ['cancelled', 'cancelled'],
    ['failed', 'confirmed'],
  ] as const)('refuses to take a %s order to %s, and changes nothing', async (before, status) => {
    const order = anOrder(before, { order_id: anOrderId(`from-${before}-to-${status}`) });
    await save([order]);
    const change = dao().updateOrderStatus(order.order_id, { status, at: new Date(), reason: null });
    await expect(change).rejects.toThrow(StateConflictError);
    expect(await storedOrder(order.order_id)).toEqual(documentOf(order));
  });

  it('refuses to end an open order, whose hold it would not release', async () => {
    const order = anOrder('queued', { order_type: 'limit_sell', order_id: HOLDING });
    await save([order]);
    for (const status of ['cancelled', 'failed'] as const) {
      const change = dao().updateOrderStatus(HOLDING, { status, at: new Date(), reason: null });
      await expect(change).rejects.toThrow('it holds funds');
    }
    expect(await storedOrder(HOLDING)).toEqual(documentOf(order));
    const unknown = dao().updateOrderStatus(NONE, {
      status: 'failed',
      at: new Date(),
      reason: null,
    });
    await expect(unknown).rejects.toThrow(NotFoundError);
  });
});

describe('the lists of a user', () => {
  const idsOf = ({ items }: { readonly items: readonly OrderDocument[] }) =>
    items.map((each) => each.order_id);
  const at = (minute: number) => aTime(`2026-01-15T12:0${minute}:00.000Z`);
  beforeAll(async () => {
    const mine = { username: LISTER };
    await save([
      anOrder('completed', { ...mine, order_id: anOrderId('l-1'), created_at: at(1), updated_at: at(5) }),
      anOrder('queued', { ...mine, order_id: anOrderId('l-2'), order_type: 'stop_loss', created_at: at(2) }),
      anOrder('completed', {
        ...mine,
        order_id: anOrderId('l-3'),
        asset_id: anAssetId('ETH'),
        created_at: at(3),
      }),
    ]);
  });

  it('have all orders, newest first', async () => {
    expect(idsOf(await dao().getOrdersByUser(LISTER, WHOLE_PAGE))).toEqual(['l-3', 'l-2', 'l-1']);
  });

  it.each([
    [{ asset_id: anAssetId('BTC') }, ['l-2', 'l-1']],
    [{ order_types: ['stop_loss'] }, ['l-2']],
    [{ order_types: [] }, []],
    [{ statuses: ['completed'] }, ['l-3', 'l-1']],
    [{ updated_after: at(4) }, ['l-1']],
    [{ from: at(2) }, ['l-3', 'l-2']],
    [{ to: at(2) }, ['l-2', 'l-1']],
  ] as const)('are filtered by %o, and an order alone likewise', async (filter, ids) => {
    expect(idsOf(await dao().getOrdersByUser(LISTER, WHOLE_PAGE, filter))).toEqual(ids);
    const { items } = await dao().getOrdersByUser(LISTER, WHOLE_PAGE);
    expect(idsOf({ items: items.filter((each) => matchesFilter(each, filter)) })).toEqual(ids);
  });

  it('have the orders of one asset, and those of one status', async () => {
    expect(idsOf(await dao().getOrdersByUserAndAsset(LISTER, anAssetId('ETH'), WHOLE_PAGE))).toEqual(['l-3']);
    expect(idsOf(await dao().getOrdersByUserAndStatus(LISTER, 'queued', WHOLE_PAGE))).toEqual(['l-2']);
  });
});

describe('a client order id', () => {
  const claim = {
    username: ALICE,
    client_order_id: aClientOrderId('mine:1'),
    order_id: anOrderId('order-1'),
    request_hash: 'abc',
  };

  it('is claimed once for each user', async () => {
    const take = async (username: Username) =>
      store.transact({}, () => ({
        writes: [clientOrderRecord.create({ ...claim, username })],
        result: true,
      }));
    expect(await take(ALICE)).toBe(true);
    expect(await take(aUsername('bob'))).toBe(true);
    await expect(take(ALICE)).rejects.toThrow(ItemExistsError);
    expect(clientOrderRecord.readIfPresent(await store.get(clientOrderRecord.key(claim)))).toEqual(claim);
  });

  it('is kept for ever', () => {
    expect(clientOrderRecord.create(claim)).not.toHaveProperty('expiresAtEpochSeconds');
  });
});
