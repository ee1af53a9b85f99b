import type { Order } from '@cnop/common/entities/order/order';
import { orderSchema } from '@cnop/common/entities/order/order';
import type { OrderPreview } from '@cnop/common/entities/order/order-preview';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expireOrder, withdrawOrder } from '../../src/use-cases/change-open-order.ts';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { fire, MAX_QUOTE_AGE_SECONDS, startOrderService, waiting } from '../order-service-under-test.ts';
import type { ListAnswer, OrderAnswer, ProblemAnswer, Trader } from '../trader.ts';
import { createTrader } from '../trader.ts';

const START = '2026-01-15T12:00:00.000Z';
const IN_30_DAYS = '2026-02-14T12:00:00.000Z';

let service: OrderServiceUnderTest;
beforeAll(async () => {
  service = await startOrderService();
});
afterAll(() => service.dispose());
beforeEach(() => {
  service.clock.set(START);
  // Quotes from before the clock was set are from the future.
  service.refreshPrices();
  service.setPrice('BTC', '50000');
  service.setPrice('GOLD', '2000');
});

const trader = (usd?: string) => createTrader(service, usd);
const order = (order_type: string, fields: object) => ({ asset_id: 'BTC', order_type, ...fields });
const buy = (quantity: string, asset_id = 'BTC') => ({ asset_id, order_type: 'market_buy', quantity });
const limitBuy = (quantity: string, price: string) => order('limit_buy', { quantity, price });

/** Somebody with cash and one BTC. */
async function holder(usd = '0.01'): Promise<Trader> {
  const somebody = await trader('50000');
  await somebody.placed(buy('1'));
  await service.runtime.fund(somebody.username, usd);
  return somebody;
}

const trigger = (fired: Order) => fire(service, fired);

async function expectUntouched(somebody: Trader, before: unknown): Promise<void> {
  expect(await somebody.funds()).toEqual(before);
}

describe('an order that has to wait', () => {
  it('of cash to buy with reserves quantity x limit rounded up, and its fee', async () => {
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
    expect(orderSchema.parse(placed)).toEqual(placed);
  });

  it.each([
    ['limit_sell', { price: '55000' }, '22000.00'],
    ['take_profit', { stop_price: '55000' }, null],
    ['stop_loss', { stop_price: '45000' }, null],
    ['trailing_stop', { trail_amount: '1000' }, null],
    ['trailing_stop', { trail_percent: '2.5' }, null],
  ])('of units to sell reserves them: %s %o', async (order_type, terms, total) => {
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

  it('leaves cash that is reserved to nobody else', async () => {
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

  it('is listed by its type and its status', async () => {
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

describe('a limit that the market meets already', () => {
  it.each([
    ['limit_buy', '60000', '500.00', '49500.00'],
    ['limit_buy', '50000', '500.00', '49500.00'],
    ['limit_sell', '40000', '500.00', '50500.00'],
    ['limit_sell', '50000', '500.00', '50500.00'],
  ])('%s at %s executes at once, at the market price', async (order_type, price, total, cash) => {
    const erin = await holder('50000.00');
    const placed = await erin.placed(order(order_type, { quantity: '0.01', price }));
    expect(placed).toMatchObject({
      status: 'completed',
      price,
      executed_price: '50000',
      total_amount: total,
      held_amount: '0',
    });
    expect(await erin.cash()).toBe(cash);
    expect(await erin.held()).toBe('0.00');
  });

  it('needs the cash of the market price only, however high the limit', async () => {
    const frank = await trader('500');
    await frank.placed(limitBuy('0.01', '999999999999'));
    expect(await frank.cash()).toBe('0.00');
  });

  it('looks at the side that it trades on', async () => {
    const grace = await trader('10000');
    const between = { asset_id: 'GOLD', order_type: 'limit_buy', quantity: '1', price: '2009.99' };
    expect((await grace.placed(between)).status).toBe('queued');
    expect((await grace.placed({ ...between, price: '2010' })).executed_price).toBe('2010');
    const sale = { asset_id: 'GOLD', order_type: 'limit_sell', quantity: '0.5', price: '1990.01' };
    expect((await grace.placed(sale)).status).toBe('queued');
    expect((await grace.placed({ ...sale, price: '1990' })).executed_price).toBe('1990');
  });
});

describe('a market order', () => {
  it('pays the fee of its asset on its own line, and pins it', async () => {
    const heidi = await trader('5000');
    const bought = await heidi.placed(buy('1', 'GOLD'));
    expect(bought).toMatchObject({ price: '2010', total_amount: '2010.00', fees: '5.03', fee_bps: 25 });
    expect(await heidi.cash()).toBe('2984.97');
    const sold = await heidi.placed({ asset_id: 'GOLD', order_type: 'market_sell', quantity: '1' });
    expect(sold).toMatchObject({ price: '1990', total_amount: '1990.00', fees: '4.98' });
    expect(await heidi.cash()).toBe('4969.99');
    const { trades, ledger, events } = await heidi.funds();
    expect(trades).toMatchObject([
      { transaction_type: 'sell', total_amount: '1990.00', fees: '4.98' },
      { transaction_type: 'buy', total_amount: '2010.00', fees: '5.03' },
    ]);
    expect(ledger.map(({ amount }) => amount)).toEqual(['1985.02', '2015.03', '5000.00']);
    expect(events.map(({ seq, type }) => `${seq} ${type}`)).toEqual([
      '1 order.completed',
      '2 order.completed',
    ]);
  });

  it.each([
    ['market_buy', '49999.99', '50000.00', true],
    ['market_buy', '50000', '50000', false],
    ['market_sell', '50000.01', '50000', true],
    ['market_sell', '50000.00', '50000', false],
  ])('%s with a price bound of %s at %s', async (order_type, price_bound, price, isRefused) => {
    const ivan = await holder('1000');
    service.setPrice('BTC', price);
    const before = await ivan.funds();
    const response = await ivan.place(order(order_type, { quantity: '0.01', price_bound }));
    expect(response.statusCode).toBe(isRefused ? 422 : 201);
    if (!isRefused) return;
    expect(response.json<ProblemAnswer>()).toMatchObject({
      code: 'BUS_002',
      price,
      errors: [{ field: 'price_bound' }],
    });
    await expectUntouched(ivan, before);
  });

  it('of a sale of all that is available leaves no dust, and nothing of what is reserved', async () => {
    const judy = await trader('100000');
    await judy.placed(buy('0.33333333'));
    await judy.placed(buy('1.00000001'));
    await judy.placed(order('stop_loss', { quantity: '0.5', stop_price: '40000' }));
    const sold = await judy.placed(order('market_sell', { quantity: 'max' }));
    expect(sold).toMatchObject({ status: 'completed', quantity: '0.83333334', total_amount: '41666.66' });
    expect(await judy.holding('BTC')).toMatchObject({ quantity: '0.5', held_quantity: '0.5' });
    const nothing = await judy.place(order('market_sell', { quantity: 'max' }));
    expect(nothing.json<ProblemAnswer>()).toMatchObject({
      code: 'BUS_001',
      available: '0',
      errors: [{ field: 'quantity' }],
    });
  });

  it('of a sale of everything leaves a holding of nothing that cost nothing', async () => {
    const kim = await trader('100');
    await kim.placed(buy('77.7777', 'DOGE'));
    await kim.placed({ asset_id: 'DOGE', order_type: 'market_sell', quantity: 'max' });
    expect(await kim.holding('DOGE')).toMatchObject({
      quantity: '0',
      held_quantity: '0',
      total_invested: '0.00',
    });
  });
});

describe('a price whose jump waits for confirmation', () => {
  it('trades nothing, says why and when to come back, and trades again once it is confirmed or dropped', async () => {
    const jo = await createTrader(service, '100000');
    for (const price of ['50000', '80000']) {
      service.suspendPrice('BTC');
      for (const type of [{ order_type: 'market_buy' }, { order_type: 'limit_buy', price: '60000' }]) {
        const response = await jo.place({ asset_id: 'BTC', quantity: '0.1', ...type });
        expect(response.statusCode, response.body).toBe(503);
        expect(response.headers['retry-after']).toBe('2');
        expect(response.json<ProblemAnswer>()).toMatchObject({
          code: 'SVC_001',
          retryable: true,
          detail: 'The price of BTC jumped and waits for confirmation: try again in a moment.',
        });
      }
      const preview = await jo.preview({ asset_id: 'BTC', order_type: 'market_buy', quantity: '0.1' });
      expect(preview.json<{ data: OrderPreview }>().data).toMatchObject({
        would_be: 'refused',
        reasons: [
          {
            code: 'SVC_001',
            message: 'The price of BTC jumped and waits for confirmation: try again in a moment.',
          },
        ],
      });
      service.setPrice('BTC', price);
      const placed = await jo.placed({ asset_id: 'BTC', order_type: 'market_buy', quantity: '0.1' });
      expect(placed.executed_price).toBe(price);
    }
    service.setPrice('BTC', '50000');
  });
});

describe('a price that is too old', () => {
  it.each([
    [MAX_QUOTE_AGE_SECONDS * 1_000, 201],
    [MAX_QUOTE_AGE_SECONDS * 1_000 + 1, 503],
  ])('of %i ms: %i', async (age, status) => {
    const lea = await trader('1000');
    const before = await lea.funds();
    service.clock.advanceMilliseconds(age);
    for (const request of [buy('0.001'), limitBuy('0.001', '40000')]) {
      const response = await lea.place(request);
      expect(response.statusCode).toBe(status);
      if (status === 201) continue;
      expect(response.json<ProblemAnswer>()).toMatchObject({ code: 'SVC_001', retryable: true });
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
      await expectUntouched(lea, before);
    }
  });

  it('does not fire an order that waits; it waits on', async () => {
    const mia = await trader('1000');
    const placed = await mia.placed(limitBuy('0.01', '40000'));
    service.setPrice('BTC', '39000');
    service.clock.advanceSeconds(MAX_QUOTE_AGE_SECONDS + 1);
    expect(await trigger(placed)).toBeUndefined();
    expect(await mia.order(placed.order_id)).toEqual(placed);
    service.refreshPrices();
    expect(await trigger(placed)).toMatchObject({ status: 'completed' });
  });
});

describe('an order that fires', () => {
  it('trades at the price of the moment; what is better than its limit is the user’s, and the rest is released', async () => {
    const nina = await trader('1000');
    const request = { asset_id: 'GOLD', order_type: 'limit_buy', quantity: '0.4', price: '1800' };
    const placed = await nina.placed(request);
    expect(placed.held_amount).toBe('721.80');
    service.clock.advanceSeconds(60);
    service.setPrice('GOLD', '1500');
    const done = await trigger(placed);
    expect(done).toMatchObject({
      status: 'completed',
      price: '1800',
      executed_price: '1507.5',
      total_amount: '603.00',
      fees: '1.51',
      held_amount: '0',
      executed_at: '2026-01-15T12:01:00.000Z',
      trigger_price: '1800',
      trigger_quote: { ask: '1507.5' },
    });
    expect(done?.history.map(({ status, at }) => [status, at])).toEqual([
      ['pending', START],
      ['confirmed', START],
      ['queued', START],
      ['processing', '2026-01-15T12:01:00.000Z'],
      ['completed', '2026-01-15T12:01:00.000Z'],
    ]);
    expect([await nina.cash(), await nina.held()]).toEqual(['395.49', '0.00']);
    const { trades, events, orders } = await nina.funds();
    expect(trades).toMatchObject([{ price: '1507.5', total_amount: '603.00', fees: '1.51' }]);
    expect(events.map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'order.queued'],
      [2, 'order.completed'],
    ]);
    expect(orders).toEqual([done]);
  });

  it.each([
    ['limit_sell', { price: '55000' }, '56000', '5600.00'],
    ['take_profit', { stop_price: '55000' }, '56000', '5600.00'],
    ['stop_loss', { stop_price: '45000' }, '30000', '3000.00'],
    ['trailing_stop', { trail_amount: '1000' }, '48999', '4899.90'],
  ])('%s %o sells at %s', async (order_type, terms, price, total) => {
    const oscar = await holder();
    const placed = await oscar.placed(order(order_type, { quantity: '0.1', ...terms }));
    service.setPrice('BTC', price);
    expect(await trigger(placed)).toMatchObject({
      status: 'completed',
      executed_price: price,
      total_amount: total,
      held_amount: '0',
    });
    expect(await oscar.holding('BTC')).toMatchObject({ quantity: '0.9', held_quantity: '0' });
  });

  it('pays the fee that was agreed when it was accepted', async () => {
    const paul = await trader('1000');
    const placed = await paul.placed({
      asset_id: 'GOLD',
      order_type: 'limit_buy',
      quantity: '0.1',
      price: '1800',
    });
    await service.changeAsset('GOLD', { fee_bps: 5_000 });
    service.setPrice('GOLD', '1700');
    expect(await trigger(placed)).toMatchObject({ total_amount: '170.85', fees: '0.43' });
    await service.changeAsset('GOLD', { fee_bps: 25 });
  });

  it('as a limit that is no longer met waits on', async () => {
    const quinn = await trader('1000');
    const placed = await quinn.placed(limitBuy('0.01', '40000'));
    service.setPrice('BTC', '40000.01');
    expect(await trigger(placed)).toBeUndefined();
    expect(await quinn.order(placed.order_id)).toEqual(placed);
    service.setPrice('BTC', '40000');
    expect(await trigger(placed)).toMatchObject({ status: 'completed' });
  });

  it('fires once: whoever comes second changes nothing', async () => {
    const rose = await trader('1000');
    const placed = await rose.placed(limitBuy('0.01', '40000'));
    service.setPrice('BTC', '40000');
    await trigger(placed);
    const funds = await rose.funds();
    expect(await trigger(placed)).toBeUndefined();
    expect(await expireOrder(service.ordering, waiting(placed))).toBeUndefined();
    expect(await withdrawOrder(service.ordering, waiting(placed), 'delisted')).toBeUndefined();
    expect((await rose.cancel(placed.order_id)).statusCode).toBe(409);
    await expectUntouched(rose, funds);
  });

  it('fails and gives the hold back when the sale would bring nothing', async () => {
    const sam = await trader('10');
    await sam.placed(buy('1', 'DOGE'));
    const placed = await sam.placed({
      asset_id: 'DOGE',
      order_type: 'stop_loss',
      quantity: '1',
      stop_price: '0.1',
    });
    service.setPrice('DOGE', '0.000001');
    expect(await trigger(placed)).toMatchObject({ status: 'failed', held_amount: '0', total_amount: null });
    expect(await sam.holding('DOGE')).toMatchObject({ quantity: '1', held_quantity: '0' });
    expect((await sam.events()).at(-1)).toMatchObject({
      type: 'order.failed',
      data: { order: { status: 'failed' } },
    });
    service.setPrice('DOGE', '0.123456');
  });
});

describe('the end of an order that waits', () => {
  it.each([
    ['POST', '/cancel'],
    ['DELETE', ''],
  ] as const)('by %s %s gives everything back, for its owner only', async (method, suffix) => {
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

  it('gives units back too', async () => {
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
    expect((await expireOrder(service.ordering, waiting(placed)))?.status).toBe(status);
    expect(await vera.held()).toBe(status ? '0.00' : '800.00');
    if (status) expect((await vera.events()).at(-1)?.type).toBe('order.expired');
  });

  it('wins over a trigger of the same instant', async () => {
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

  it('by the platform says why', async () => {
    const xena = await trader('1000');
    const placed = await xena.placed(limitBuy('0.02', '40000'));
    const ended = await withdrawOrder(service.ordering, waiting(placed), 'BTC is no longer traded');
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

  it('is nothing that a market order has', async () => {
    const zoe = await trader('1000');
    expect((await zoe.placed(buy('0.01'))).expires_at).toBeNull();
  });
});

describe('bad input', () => {
  const sale = (order_type: string, fields: object) => order(order_type, { quantity: '0.1', ...fields });

  it.each([
    ['a stop-loss at the price', sale('stop_loss', { stop_price: '50000' }), 'BUS_002', ['stop_price']],
    ['a stop-loss above the price', sale('stop_loss', { stop_price: '50000.01' }), 'BUS_002', ['stop_price']],
    ['a take-profit at the price', sale('take_profit', { stop_price: '50000' }), 'BUS_002', ['stop_price']],
    [
      'a take-profit below the price',
      sale('take_profit', { stop_price: '49999.99' }),
      'BUS_002',
      ['stop_price'],
    ],
    [
      'a trail of the whole price',
      sale('trailing_stop', { trail_amount: '50000' }),
      'BUS_002',
      ['trail_amount'],
    ],
    ['a trail of 100 %', sale('trailing_stop', { trail_percent: '100' }), 'VAL_001', ['trail_percent']],
    ['a trail of 0 %', sale('trailing_stop', { trail_percent: '0' }), 'VAL_001', ['trail_percent']],
    ['a trail of nothing', sale('trailing_stop', { trail_amount: '0.00' }), 'VAL_001', ['trail_amount']],
    ['no trail', sale('trailing_stop', {}), 'VAL_003', ['trail_amount']],
    [
      'two trails',
      sale('trailing_stop', { trail_amount: '1', trail_percent: '1' }),
      'VAL_001',
      ['trail_percent'],
    ],
    [
      'a trail on a stop-loss',
      sale('stop_loss', { stop_price: '1', trail_amount: '1' }),
      'VAL_001',
      ['trail_amount'],
    ],
    ['no limit', sale('limit_sell', {}), 'VAL_003', ['price']],
    ['no stop', sale('take_profit', {}), 'VAL_003', ['stop_price']],
    ['a limit on a stop-loss', sale('stop_loss', { stop_price: '1', price: '1' }), 'VAL_001', ['price']],
    ['a stop on a limit', sale('limit_sell', { stop_price: '1', price: '60000' }), 'VAL_001', ['stop_price']],
    [
      'a bound on a limit',
      sale('limit_sell', { price_bound: '1', price: '60000' }),
      'VAL_001',
      ['price_bound'],
    ],
    ['a price on a market order', sale('market_buy', { price: '50000' }), 'VAL_001', ['price']],
    ['a stop on a market order', sale('market_sell', { stop_price: '50000' }), 'VAL_001', ['stop_price']],
    [
      'an expiry of a market order',
      sale('market_sell', { expires_at: IN_30_DAYS }),
      'VAL_001',
      ['expires_at'],
    ],
    ['an expiry now', sale('limit_sell', { price: '60000', expires_at: START }), 'VAL_001', ['expires_at']],
    [
      'an expiry in the past',
      sale('limit_sell', { price: '60000', expires_at: '2026-01-15T13:59:59+02:00' }),
      'VAL_001',
      ['expires_at'],
    ],
    [
      'an expiry in more than 365 days',
      sale('limit_sell', { price: '60000', expires_at: '2027-01-15T12:00:00.001Z' }),
      'VAL_001',
      ['expires_at'],
    ],
    [
      'an expiry that is no time',
      sale('limit_sell', { price: '60000', expires_at: 'soon' }),
      'VAL_001',
      ['expires_at'],
    ],
    ['a limit of three digits', sale('limit_sell', { price: '60000.001' }), 'VAL_001', ['price']],
    ['a stop of three digits', sale('stop_loss', { stop_price: '45000.001' }), 'VAL_001', ['stop_price']],
    ['a bound of three digits', sale('market_buy', { price_bound: '1.001' }), 'VAL_001', ['price_bound']],
    [
      'a trail of three digits',
      sale('trailing_stop', { trail_amount: '0.001' }),
      'VAL_001',
      ['trail_amount'],
    ],
    [
      'a percentage of three digits',
      sale('trailing_stop', { trail_percent: '1.001' }),
      'VAL_001',
      ['trail_percent'],
    ],
    [
      'nine digits of a unit',
      order('limit_sell', { quantity: '0.100000001', price: '60000' }),
      'VAL_001',
      ['quantity'],
    ],
    ['all that is available, bought', order('market_buy', { quantity: 'max' }), 'VAL_001', ['quantity']],
    [
      'all that is available, later',
      order('stop_loss', { quantity: 'max', stop_price: '1' }),
      'VAL_001',
      ['quantity'],
    ],
    [
      'half a unit where there are none',
      { ...sale('market_sell', {}), asset_id: 'SPOT' },
      'VAL_001',
      ['quantity'],
    ],
    [
      'several at once',
      sale('market_buy', { price: '1', stop_price: '1', price_bound: '1.001', expires_at: START }),
      'VAL_001',
      ['price', 'stop_price', 'expires_at', 'price_bound'],
    ],
    [
      'a stop on an asset that is not held',
      { asset_id: 'GOLD', order_type: 'stop_loss', quantity: '1', stop_price: '1000' },
      'BUS_001',
      ['quantity'],
    ],
    [
      'a stop on more than is held',
      sale('stop_loss', { quantity: '1.1', stop_price: '1000' }),
      'BUS_001',
      ['quantity'],
    ],
    [
      'a total that no number can hold',
      { asset_id: 'SPOT', order_type: 'limit_sell', quantity: '1000', price: '999999999999999' },
      'BUS_002',
      ['quantity'],
    ],
    [
      'a sale for less than a cent',
      sale('stop_loss', { quantity: '0.00000001', stop_price: '1' }),
      'BUS_002',
      ['quantity'],
    ],
    [
      'a suspended asset',
      { ...sale('limit_sell', { price: '1' }), asset_id: 'ETH' },
      'BUS_003',
      ['asset_id'],
    ],
    [
      'a client_order_id with a space',
      { ...buy('0.1'), client_order_id: 'a b' },
      'VAL_001',
      ['client_order_id'],
    ],
  ])('such as %s is refused by name, and nothing is held', async (_case, payload, code, fields) => {
    const amy = await holder('100000');
    const before = await amy.funds();
    const response = await amy.place(payload);
    expect(response.statusCode).toBe(422);
    const problem = response.json<ProblemAnswer>();
    expect(problem.code).toBe(code);
    expect([...new Set(problem.errors?.map(({ field }) => field))]).toEqual(fields);
    await expectUntouched(amy, before);
  });

  it('on the wrong side of the market says what the price is', async () => {
    const ben = await holder();
    const response = await ben.place(sale('stop_loss', { stop_price: '50001' }));
    expect(response.json<ProblemAnswer>()).toMatchObject({ code: 'BUS_002', price: '50000' });
  });

  it('is not what an account that does not exist gives', async () => {
    const nobody = await trader();
    expect((await nobody.place(limitBuy('1', '1'))).statusCode).toBe(404);
  });
});

describe('a client_order_id', () => {
  const mine = { ...limitBuy('0.01', '40000'), client_order_id: 'mine:1' };

  it('names one order for ever: asked again it is shown as it is by then, and nothing is done', async () => {
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
    await expectUntouched(dora, before);
  });

  it('belongs to one user, is free after a refusal, and outlives the price and the asset', async () => {
    const [emma, finn] = [await trader('1000'), await trader('10')];
    await emma.placed(mine);
    expect((await finn.place(mine)).json<ProblemAnswer>().code).toBe('BUS_001');
    await service.runtime.fund(finn.username, '1000');
    expect((await finn.place(mine)).statusCode).toBe(201);
    service.clock.advanceSeconds(MAX_QUOTE_AGE_SECONDS + 1);
    expect((await finn.place(mine)).statusCode).toBe(200);
    expect((await finn.place({ ...mine, client_order_id: 'mine:2' })).statusCode).toBe(503);
  });

  it('of an order with an Idempotency-Key: the key is asked first', async () => {
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

describe('cancelling an order a second time', () => {
  it('says that it is cancelled already, and of a completed one that it is too late', async () => {
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

describe('an Idempotency-Key of an order that waits', () => {
  it('brings the first answer again, byte for byte, whatever became of the order', async () => {
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
    await expectUntouched(hugo, funds);
    const other = await hugo.place(limitBuy('0.02', '40000'), { 'idempotency-key': 'k' });
    expect(other.statusCode).toBe(422);
  });
});
