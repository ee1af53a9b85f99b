import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expireOrder, withdrawOrder } from '../../src/use-cases/change-open-order.ts';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { keysOf, resetMarket, START, startOrderService, triggerNow } from '../order-service-under-test.ts';
import type { ProblemAnswer, Trader } from '../trader.ts';
import { buy, createHolder, createTrader, limitBuy, order } from '../trader.ts';

let service: OrderServiceUnderTest;
beforeAll(async () => {
  service = await startOrderService();
});
afterAll(() => service.dispose());
beforeEach(() => resetMarket(service));

const trader = (usd?: string) => createTrader(service, usd);

const holder = (usd?: string) => createHolder(service, usd);

const trigger = (open: OrderDocument) => triggerNow(service, open);

async function expectUnchanged(user: Trader, before: unknown): Promise<void> {
  expect(await user.funds()).toEqual(before);
}

describe('a limit order whose limit is met', () => {
  it.each([
    ['limit_buy', '60000', '500.00', '49500.00'],
    ['limit_buy', '50000', '500.00', '49500.00'],
    ['limit_sell', '40000', '500.00', '50500.00'],
    ['limit_sell', '50000', '500.00', '50500.00'],
  ])('%s at %s executes at once, at the quote', async (order_type, price, total, cash) => {
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

  it('needs only the cash of the current price, however high the limit', async () => {
    const frank = await trader('500');
    await frank.placed(limitBuy('0.01', '999999999999'));
    expect(await frank.cash()).toBe('0.00');
  });

  it('compares its limit with its own side of the quote', async () => {
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
  it('pays the fee of its asset and keeps it', async () => {
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
    await expectUnchanged(ivan, before);
  });

  it('to sell all that is available leaves only held units', async () => {
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

  it('to sell everything leaves an empty position without cost', async () => {
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

describe('a triggered order', () => {
  it('is filled at the current quote, and releases what is better than its limit', async () => {
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

  it('pays the fee of its acceptance', async () => {
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

  it('of type limit stays open when its limit is no longer met', async () => {
    const quinn = await trader('1000');
    const placed = await quinn.placed(limitBuy('0.01', '40000'));
    service.setPrice('BTC', '40000.01');
    expect(await trigger(placed)).toBeUndefined();
    expect(await quinn.order(placed.order_id)).toEqual(placed);
    service.setPrice('BTC', '40000');
    expect(await trigger(placed)).toMatchObject({ status: 'completed' });
  });

  it('is filled once; a second trigger changes nothing', async () => {
    const rose = await trader('1000');
    const placed = await rose.placed(limitBuy('0.01', '40000'));
    service.setPrice('BTC', '40000');
    await trigger(placed);
    const funds = await rose.funds();
    expect(await trigger(placed)).toBeUndefined();
    expect(await expireOrder(service.ordering, keysOf(placed))).toBeUndefined();
    expect(await withdrawOrder(service.ordering, keysOf(placed), 'delisted')).toBeUndefined();
    expect((await rose.cancel(placed.order_id)).statusCode).toBe(409);
    await expectUnchanged(rose, funds);
  });

  it('fails and releases its hold when the sale would bring nothing', async () => {
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
