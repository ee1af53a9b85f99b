import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { resetMarket, START, startOrderService } from '../order-service-under-test.ts';
import type { ProblemAnswer, Trader } from '../trader.ts';
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

async function expectUnchanged(user: Trader, before: unknown): Promise<void> {
  expect(await user.funds()).toEqual(before);
}

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
  ])('such as %s names the field and holds nothing', async (_case, payload, code, fields) => {
    const amy = await holder('100000');
    const before = await amy.funds();
    const response = await amy.place(payload);
    expect(response.statusCode).toBe(422);
    const problem = response.json<ProblemAnswer>();
    expect(problem.code).toBe(code);
    expect([...new Set(problem.errors?.map(({ field }) => field))]).toEqual(fields);
    await expectUnchanged(amy, before);
  });

  it('such as a stop on the wrong side of the price carries the price', async () => {
    const ben = await holder();
    const response = await ben.place(sale('stop_loss', { stop_price: '50001' }));
    expect(response.json<ProblemAnswer>()).toMatchObject({ code: 'BUS_002', price: '50000' });
  });

  it('is not the answer to a missing account', async () => {
    const unfunded = await trader();
    expect((await unfunded.place(limitBuy('1', '1'))).statusCode).toBe(404);
  });
});
