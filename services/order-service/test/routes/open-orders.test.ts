import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { orderDocumentSchema } from '@cnop/common/entities/order/order-document';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expireOrder, withdrawOrder } from '../../src/use-cases/change-open-order.ts';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { keysOf, resetMarket, startOrderService, triggerNow } from '../order-service-under-test.ts';
import type { ListAnswer, OrderAnswer, ProblemAnswer } from '../trader.ts';
import { buy, createHolder, createTrader, limitBuy, order } from '../trader.ts';

const IN_30_DAYS = '2026-02-14T12:00:00.000Z';

let service: OrderServiceUnderTest;
beforeAll(async () => {
  service = await startOrderService();
});
afterAll(() => service.dispose());
beforeEach(() => resetMarket(service));

const trader = (usd?: string) => createTrader(service, usd);

const holder = (usd?: string) => createHolder(service, usd);

const trigger = (open: OrderDocument) => triggerNow(service, open);

describe('accepting an open order', () => {
  it('holds quantity times limit rounded up, and its fee, for a buy', async () => {
    const alice = await trader('1000');
    const placed = await alice.placed({
      asset_id: 'GOLD',
      order_type: 'limit_buy',
      quantity: '0.33333333',
      price: '1500.01',
    });
    // 0.33333333 x 1500.01 = 500.0033..., a fee of 0.25 % of 500.01 = 1.250025.
    expect(placed).toMatchObject({
      status: 'queued',
      price: '1500.01',
      total_amount: '500.01',
      fees: '0.00',
      fee_bps: 25,
      held_amount: '501.27',
      executed_price: null,
      expires_at: IN_30_DAYS,
      accepted_quote: { bid: '1990', ask: '2010', mid: '2000' },
    });
    expect(placed.history.map(({ status }) => status)).toEqual(['pending', 'confirmed', 'queued']);
    expect(await alice.order(placed.order_id)).toEqual(placed);
    expect([await alice.cash(), await alice.held()]).toEqual(['1000.00', '501.27']);
    expect(await alice.holding('GOLD')).toBeUndefined();
    const { ledger, trades, events } = await alice.funds();
    expect([ledger.length, trades.length]).toEqual([1, 0]);
    expect(events).toMatchObject([
      {
        seq: 1,
        type: 'order.queued',
        data: {
          order: { order_id: placed.order_id, status: 'queued' },
          balance: { current_balance: '1000.00', held_balance: '501.27' },
        },
      },
    ]);
    expect(orderDocumentSchema.parse(placed)).toEqual(placed);
  });

  it.each([
    ['limit_sell', { price: '55000' }, '22000.00'],
    ['take_profit', { stop_price: '55000' }, null],
    ['stop_loss', { stop_price: '45000' }, null],
    ['trailing_stop', { trail_amount: '1000' }, null],
    ['trailing_stop', { trail_percent: '2.5' }, null],
  ])('holds the units of a sale: %s %o', async (order_type, terms, total) => {
    const bob = await holder();
    const placed = await bob.placed(order(order_type, { quantity: '0.4', ...terms }));
    expect(placed).toMatchObject({ status: 'queued', held_amount: '0.4', total_amount: total, ...terms });
    expect(await bob.holding('BTC')).toMatchObject({ quantity: '1', held_quantity: '0.4' });
    expect([await bob.cash(), await bob.held()]).toEqual(['0.01', '0.00']);
    expect((await bob.events()).at(-1)).toMatchObject({
      type: 'order.queued',
      data: { holding: { asset_id: 'BTC', quantity: '1', held_quantity: '0.4' } },
    });
    const more = await bob.place(order(order_type, { quantity: '0.6000001', ...terms }));
    expect(more.statusCode).toBe(422);
    expect(more.json<ProblemAnswer>()).toMatchObject({
      code: 'BUS_001',
      available: '0.6',
      required: '0.6000001',
      errors: [{ field: 'quantity' }],
    });
    await bob.placed(order(order_type, { quantity: '0.6', ...terms }));
  });

  it('leaves held cash unavailable to other orders', async () => {
    const carol = await trader('1000');
    await carol.placed(limitBuy('0.015', '40000'));
    const tooMuch = await carol.place(buy('0.0081'));
    expect(tooMuch.json<ProblemAnswer>()).toMatchObject({
      code: 'BUS_001',
      available: '400.00',
      required: '405.00',
    });
    expect((await carol.place(limitBuy('0.010001', '40000'))).json<ProblemAnswer>()).toMatchObject({
      code: 'BUS_001',
      available: '400.00',
      required: '400.04',
      errors: [{ field: 'quantity' }],
    });
    await carol.placed(limitBuy('0.01', '40000'));
    expect(await carol.held()).toBe('1000.00');
  });

  it('lists the order by its type and its status', async () => {
    const dave = await holder('1000');
    await dave.placed(limitBuy('0.01', '40000'));
    const stop = await dave.placed(order('stop_loss', { quantity: '1', stop_price: '45000' }));
    await dave.cancel(stop.order_id);
    const types = async (query: string) =>
      (await dave.get(`/orders?${query}`)).json<ListAnswer>().data.map(({ order_type }) => order_type);
    expect(await types('status=queued')).toEqual(['limit_buy']);
    expect(await types('status=cancelled')).toEqual(['stop_loss']);
    expect(await types('order_type=stop_loss')).toEqual(['stop_loss']);
    expect(await types('order_type=trailing_stop')).toEqual([]);
  });
});

describe('the end of an open order', () => {
  it.each([
    ['POST', '/cancel'],
    ['DELETE', ''],
  ] as const)('by %s %s releases its hold, for its user only', async (method, suffix) => {
    const [tina, eve] = [await trader('1000'), await trader()];
    const placed = await tina.placed(limitBuy('0.02', '40000'));
    const url = `/orders/${placed.order_id}${suffix}`;
    const foreign = await service.app.inject({ method, url, headers: eve.headers });
    expect(foreign.statusCode).toBe(404);
    expect(await tina.held()).toBe('800.00');
    service.clock.advanceSeconds(5);
    const response = await service.app.inject({ method, url, headers: tina.headers });
    expect(response.statusCode).toBe(200);
    expect(response.json<OrderAnswer>().data).toMatchObject({
      status: 'cancelled',
      held_amount: '0',
      cancelled_at: '2026-01-15T12:00:05.000Z',
    });
    expect(await tina.order(placed.order_id)).toEqual(response.json<OrderAnswer>().data);
    expect([await tina.cash(), await tina.held()]).toEqual(['1000.00', '0.00']);
    expect((await tina.events()).map(({ type }) => type)).toEqual(['order.queued', 'order.cancelled']);
    const again = await service.app.inject({ method, url, headers: tina.headers });
    expect(again.statusCode).toBe(409);
    expect(again.json<ProblemAnswer>().code).toBe('RES_003');
  });

  it('releases units', async () => {
    const uma = await holder();
    const placed = await uma.placed(order('stop_loss', { quantity: '1', stop_price: '45000' }));
    expect((await uma.cancel(placed.order_id)).statusCode).toBe(200);
    expect(await uma.holding('BTC')).toMatchObject({ quantity: '1', held_quantity: '0' });
  });

  it.each([
    [-1, undefined],
    [0, 'expired'],
    [1, 'expired'],
  ])('comes %i ms after its expiry', async (milliseconds, status) => {
    const vera = await trader('1000');
    const expires_at = '2026-01-15T12:00:30.000Z';
    const placed = await vera.placed({ ...limitBuy('0.02', '40000'), expires_at });
    service.clock.set(new Date(Date.parse(expires_at) + milliseconds));
    expect((await expireOrder(service.ordering, keysOf(placed)))?.status).toBe(status);
    expect(await vera.held()).toBe(status ? '0.00' : '800.00');
    if (status) expect((await vera.events()).at(-1)?.type).toBe('order.expired');
  });

  it('by expiry wins over a trigger at the same instant', async () => {
    const walt = await trader('1000');
    const expires_at = '2026-01-15T12:00:30.000Z';
    const placed = await walt.placed({ ...limitBuy('0.02', '40000'), expires_at });
    service.clock.set(expires_at);
    service.setPrice('BTC', '30000');
    expect(await trigger(placed)).toMatchObject({ status: 'expired', held_amount: '0', executed_at: null });
    expect([await walt.cash(), await walt.held()]).toEqual(['1000.00', '0.00']);
    const early = await walt.placed({ ...limitBuy('0.02', '20000'), expires_at: '2026-01-15T12:01:00.000Z' });
    service.clock.set('2026-01-15T12:00:59.999Z');
    service.setPrice('BTC', '20000');
    expect(await trigger(early)).toMatchObject({ status: 'completed' });
  });

  it('by the platform has a reason', async () => {
    const xena = await trader('1000');
    const placed = await xena.placed(limitBuy('0.02', '40000'));
    const ended = await withdrawOrder(service.ordering, keysOf(placed), 'BTC is no longer traded');
    expect(ended).toMatchObject({ status: 'cancelled', held_amount: '0' });
    expect(ended?.history.at(-1)?.reason).toBe('BTC is no longer traded');
    expect(await xena.held()).toBe('0.00');
  });
});

describe('the expiry of an order', () => {
  it.each([
    [undefined, IN_30_DAYS],
    [null, IN_30_DAYS],
    ['2026-01-15T12:00:00.001Z', '2026-01-15T12:00:00.001Z'],
    ['2026-01-15T14:00:01+02:00', '2026-01-15T12:00:01.000Z'],
    ['2027-01-15T12:00:00Z', '2027-01-15T12:00:00.000Z'],
  ])('%s becomes %s', async (expires_at, expected) => {
    const yara = await trader('1000');
    expect((await yara.placed({ ...limitBuy('0.01', '40000'), expires_at })).expires_at).toBe(expected);
  });

  it('is refused for a market order', async () => {
    const zoe = await trader('1000');
    expect((await zoe.placed(buy('0.01'))).expires_at).toBeNull();
  });
});

describe('cancelling an order a second time', () => {
  it('conflicts, and tells a cancelled order from a completed one', async () => {
    const bea = await holder('100000');
    const { order_id } = await bea.placed({
      asset_id: 'BTC',
      order_type: 'limit_sell',
      quantity: '0.01',
      price: '90000',
    });
    expect((await bea.cancel(order_id)).statusCode).toBe(200);
    const second = await bea.cancel(order_id);
    expect([second.statusCode, second.json<ProblemAnswer>()]).toMatchObject([
      409,
      { code: 'RES_003', detail: 'The order is cancelled already.' },
    ]);
    const done = await bea.placed({ asset_id: 'BTC', order_type: 'market_buy', quantity: '0.01' });
    expect((await bea.cancel(done.order_id)).json<ProblemAnswer>().detail).toBe(
      'The order is completed: it cannot be cancelled any more.',
    );
  });
});
