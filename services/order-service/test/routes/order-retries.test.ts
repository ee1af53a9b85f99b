import { idempotencyRecord } from '@cnop/common/dao/idempotency/transact-once';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import {
  MAX_QUOTE_AGE_SECONDS,
  resetMarket,
  startOrderService,
  triggerNow,
} from '../order-service-under-test.ts';
import type { OrderAnswer, ProblemAnswer, Trader } from '../trader.ts';
import { createTrader, limitBuy } from '../trader.ts';

const IN_30_DAYS = '2026-02-14T12:00:00.000Z';

let service: OrderServiceUnderTest;
beforeAll(async () => {
  service = await startOrderService();
});
afterAll(() => service.dispose());
beforeEach(() => resetMarket(service));

const trader = (usd?: string) => createTrader(service, usd);

const trigger = (open: OrderDocument) => triggerNow(service, open);

async function expectUnchanged(user: Trader, before: unknown): Promise<void> {
  expect(await user.funds()).toEqual(before);
}

describe('a client_order_id', () => {
  const mine = { ...limitBuy('0.01', '40000'), client_order_id: 'mine:1' };

  it('identifies one order for ever: a repeated request returns it as it is, and changes nothing', async () => {
    const cleo = await trader('1000');
    const placed = await cleo.placed(mine);
    expect(placed.client_order_id).toBe('mine:1');
    const again = await cleo.place(mine);
    expect(again.statusCode).toBe(200);
    expect(again.json<OrderAnswer>().data).toEqual(placed);
    expect(await cleo.held()).toBe('400.00');

    await cleo.cancel(placed.order_id);
    service.clock.advanceSeconds(40 * 24 * 3_600);
    service.refreshPrices();
    const later = await (await cleo.signInAgain()).place(mine);
    expect(later.statusCode).toBe(200);
    expect(later.json<OrderAnswer>().data).toMatchObject({ order_id: placed.order_id, status: 'cancelled' });
    expect(await cleo.held()).toBe('0.00');
  });

  it.each([
    ['another quantity', { quantity: '0.02' }],
    ['another type', { order_type: 'limit_sell' }],
    ['another expiry', { expires_at: IN_30_DAYS }],
    ['a description', { description: 'x' }],
  ])('with %s is refused', async (_case, change) => {
    const dora = await trader('1000');
    await dora.placed(mine);
    const before = await dora.funds();
    const response = await dora.place({ ...mine, ...change });
    expect(response.statusCode).toBe(422);
    expect(response.json<ProblemAnswer>()).toMatchObject({
      code: 'VAL_001',
      errors: [{ field: 'client_order_id', code: 'already_exists' }],
    });
    await expectUnchanged(dora, before);
  });

  it('belongs to one user, is free after a refusal, and works without a price or an asset', async () => {
    const [emma, finn] = [await trader('1000'), await trader('10')];
    await emma.placed(mine);
    expect((await finn.place(mine)).json<ProblemAnswer>().code).toBe('BUS_001');
    await service.runtime.fund(finn.username, '1000');
    expect((await finn.place(mine)).statusCode).toBe(201);
    service.clock.advanceSeconds(MAX_QUOTE_AGE_SECONDS + 1);
    expect((await finn.place(mine)).statusCode).toBe(200);
    expect((await finn.place({ ...mine, client_order_id: 'mine:2' })).statusCode).toBe(503);
  });

  it('is checked after the Idempotency-Key', async () => {
    const gina = await trader('1000');
    const first = await gina.place(mine, { 'idempotency-key': 'k' });
    const replay = await gina.place(mine, { 'idempotency-key': 'k' });
    const known = await gina.place(mine, { 'idempotency-key': 'k2' });
    expect([first.statusCode, replay.statusCode, known.statusCode]).toEqual([201, 201, 200]);
    expect(replay.headers['idempotency-replayed']).toBe('true');
    expect(known.headers['idempotency-replayed']).toBeUndefined();
    expect(replay.body).toBe(first.body);
    expect(await gina.held()).toBe('400.00');
  });
});

describe('the record of an Idempotency-Key', () => {
  const marketBuy = { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.001' };

  it('stores nothing that its schema adds, and is read as well with all that an earlier version stored', async () => {
    const iris = await trader('1000');
    const first = await iris.place(marketBuy, { 'idempotency-key': 'k' });
    const { username } = first.json<OrderAnswer>().data;
    const key = idempotencyRecord.key({ username, route: 'POST /orders', key: 'k' });
    const { store } = service.runtime;
    const stored = idempotencyRecord.readIfPresent(await store.get(key));
    expect(stored?.response).not.toMatch(/null|"fee_bps"|"held_amount"/);
    await store.transact({ key }, (items) => {
      const record = idempotencyRecord.readIfPresent(items.key);
      const response = JSON.stringify(first.json<OrderAnswer>().data);
      return {
        writes: record ? [idempotencyRecord.replace({ ...record, response })] : [],
        result: undefined,
      };
    });
    const again = await iris.place(marketBuy, { 'idempotency-key': 'k' });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toBe(first.body);
    expect(first.body).toContain('"price_bound":null');
  });
});

describe('an Idempotency-Key of an open order', () => {
  it('repeats the first answer byte for byte, whatever happened to the order since', async () => {
    const hugo = await trader('1000');
    const first = await hugo.place(limitBuy('0.01', '40000'), { 'idempotency-key': 'k' });
    const placed = first.json<OrderAnswer>().data;
    service.setPrice('BTC', '39000');
    await trigger(placed);
    const funds = await hugo.funds();
    const again = await hugo.place(limitBuy('0.01', '40000'), { 'idempotency-key': 'k' });
    expect(again.statusCode).toBe(201);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toBe(first.body);
    await expectUnchanged(hugo, funds);
    const other = await hugo.place(limitBuy('0.02', '40000'), { 'idempotency-key': 'k' });
    expect(other.statusCode).toBe(422);
  });
});
