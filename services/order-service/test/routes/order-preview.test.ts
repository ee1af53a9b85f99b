import type { OrderPreview } from '@cnop/common/entities/order/order-preview';
import { orderPreviewSchema } from '@cnop/common/entities/order/order-preview';
import { anAssetId } from '@cnop/testing/builders/brands';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { MAX_QUOTE_AGE_SECONDS, startOrderService } from '../order-service-under-test.ts';
import type { ProblemAnswer, Trader } from '../trader.ts';
import { createTrader } from '../trader.ts';

const START = '2026-01-15T12:00:00.000Z';

let service: OrderServiceUnderTest;
beforeAll(async () => {
  service = await startOrderService();
});
afterAll(() => service.dispose());
beforeEach(() => {
  service.clock.set(START);
  service.setPrice('BTC', '50000');
  service.setPrice('GOLD', '2000');
});

const trader = (usd?: string) => createTrader(service, usd);
const order = (order_type: string, fields: object) => ({ asset_id: 'BTC', order_type, ...fields });
const buy = (quantity: string, asset_id = 'BTC') => ({ asset_id, order_type: 'market_buy', quantity });

async function previewed(user: Trader, request: unknown): Promise<OrderPreview> {
  const response = await user.preview(request);
  expect(response.statusCode, response.body).toBe(200);
  const preview = response.json<{ readonly data: OrderPreview }>().data;
  expect(orderPreviewSchema.parse(preview)).toEqual(preview);
  return preview;
}

const codesOf = ({ reasons }: OrderPreview) => reasons.map(({ code, field }) => `${code} ${field}`);

describe('the preview of an order', () => {
  it('filled at once shows its cost, fee, and the balances after it', async () => {
    const alice = await trader('5000');
    const preview = await previewed(alice, buy('1', 'gold'));
    expect(preview).toEqual({
      would_be: 'executed',
      order_type: 'market_buy',
      asset_id: 'GOLD',
      quantity: '1',
      price: '2010',
      total_amount: '2010.00',
      fees: '5.03',
      estimate: { price: '2010', total_amount: '2010.00', fees: '5.03', cash: '2015.03' },
      hold: null,
      balance: {
        before: { current: '5000.00', held: '0.00', available: '5000.00' },
        after: { current: '2984.97', held: '0.00', available: '2984.97' },
      },
      holding: {
        before: { quantity: '0', held: '0', available: '0' },
        after: { quantity: '1', held: '0', available: '1' },
      },
      quote: service.runtime.quotes.latest(anAssetId('GOLD')),
      price_bound: null,
      expires_at: null,
      distance_percent: null,
      warnings: [],
      reasons: [],
    });
  });

  it('queued shows its hold, its estimate, and the distance to its trigger', async () => {
    const bob = await trader('1000');
    const request = { asset_id: 'GOLD', order_type: 'limit_buy', quantity: '0.33333333', price: '1500.01' };
    expect(await previewed(bob, request)).toMatchObject({
      would_be: 'queued',
      price: '2010',
      total_amount: '500.01',
      fees: '0.00',
      estimate: { price: '1500.01', total_amount: '500.01', fees: '1.26', cash: '501.27' },
      hold: { amount: '501.27', unit: 'USD' },
      balance: { after: { current: '1000.00', held: '501.27', available: '498.73' } },
      holding: null,
      expires_at: '2026-02-14T12:00:00.000Z',
      distance_percent: '-25.37',
      warnings: [{ code: 'far_from_market' }],
      reasons: [],
    });
  });

  it.each([
    ['stop_loss', { stop_price: '49000' }, '-2.00', '4900.00'],
    ['take_profit', { stop_price: '51000' }, '2.00', '5100.00'],
    ['trailing_stop', { trail_percent: '2.5' }, '-2.50', '4875.00'],
    ['trailing_stop', { trail_amount: '500' }, '-1.00', '4950.00'],
    ['limit_sell', { price: '50001' }, '0.00', '5000.10'],
  ])(
    '%s %o holds units and estimates the proceeds at the trigger',
    async (order_type, terms, distance, total) => {
      const carol = await trader('50000');
      await carol.placed(buy('1'));
      expect(await previewed(carol, order(order_type, { quantity: '0.1', ...terms }))).toMatchObject({
        would_be: 'queued',
        price: '50000',
        total_amount: order_type === 'limit_sell' ? total : null,
        estimate: { total_amount: total },
        hold: { amount: '0.1', unit: 'BTC' },
        holding: { after: { quantity: '1', held: '0.1', available: '0.9' } },
        distance_percent: distance,
        warnings: [],
      });
    },
  );

  it('of a limit that is met warns that it executes at once', async () => {
    const dave = await trader('1000');
    expect(await previewed(dave, order('limit_buy', { quantity: '0.01', price: '60000' }))).toMatchObject({
      would_be: 'executed',
      total_amount: '500.00',
      hold: null,
      distance_percent: null,
      warnings: [{ code: 'executes_at_once' }, { code: 'far_from_market' }],
    });
  });

  it.each([
    ['52500', []],
    ['47500', []],
    ['52500.01', ['52500.01 is 5.00 % above the price, which is 50000.']],
    ['47499.99', ['47499.99 is 5.00 % below the price, which is 50000.']],
  ])('warns of a price such as %s only when it is more than 5 %% away', async (price, expected) => {
    const erin = await trader('100000');
    const order_type = Number(price) < 50_000 ? 'limit_buy' : 'take_profit';
    await erin.placed(buy('1'));
    const terms = order_type === 'limit_buy' ? { price } : { stop_price: price };
    const { warnings } = await previewed(erin, order(order_type, { quantity: '0.1', ...terms }));
    expect(warnings).toEqual(expected.map((message) => ({ code: 'far_from_market', message })));
  });

  it('shows the quantity of all that is available', async () => {
    const frank = await trader('50000');
    await frank.placed(buy('1'));
    await frank.placed(order('stop_loss', { quantity: '0.25', stop_price: '40000' }));
    expect(await previewed(frank, order('market_sell', { quantity: 'max' }))).toMatchObject({
      would_be: 'executed',
      quantity: '0.75',
      total_amount: '37500.00',
      holding: { after: { quantity: '0.25', held: '0.25', available: '0' } },
    });
    const poor = await trader('1');
    expect(await previewed(poor, order('market_sell', { quantity: 'max' }))).toMatchObject({
      would_be: 'refused',
      quantity: 'max',
      estimate: null,
      reasons: [{ code: 'BUS_001', field: 'quantity', available: '0' }],
    });
  });

  it('of an asset with the smallest prices and quantities is exact', async () => {
    const grace = await trader('1');
    expect(await previewed(grace, buy('0.0001', 'DOGE'))).toMatchObject({
      total_amount: '0.01',
      would_be: 'executed',
    });
  });
});

describe('the preview of an order that would be refused', () => {
  it('shows every reason, with the missing amount, and changes nothing', async () => {
    const heidi = await trader('10');
    service.clock.advanceSeconds(MAX_QUOTE_AGE_SECONDS + 1);
    const preview = await previewed(
      heidi,
      order('market_buy', {
        quantity: '0.123456789',
        price: '1',
        price_bound: '49999.999',
        expires_at: START,
      }),
    );
    expect(preview.would_be).toBe('refused');
    expect(codesOf(preview).toSorted()).toEqual([
      'BUS_001 null',
      'BUS_002 price_bound',
      'SVC_001 null',
      'VAL_001 expires_at',
      'VAL_001 price',
      'VAL_001 price_bound',
      'VAL_001 quantity',
    ]);
    expect(preview.reasons.find(({ code }) => code === 'BUS_001')).toMatchObject({
      available: '10.00',
      required: '6172.84',
    });
    expect(preview.balance.after).toEqual(preview.balance.before);
    expect([preview.total_amount, preview.fees, preview.hold]).toEqual([null, null, null]);
    expect(preview.estimate).toMatchObject({ cash: '6172.84' });
  });

  it.each([
    ['a suspended asset and no cash', buy('1', 'ETH'), ['BUS_003 asset_id', 'BUS_001 null']],
    ['no limit', order('limit_buy', { quantity: '1' }), ['VAL_003 price']],
    ['no limit, no units', order('limit_sell', { quantity: '1' }), ['VAL_003 price', 'BUS_001 quantity']],
    [
      'the wrong side and no units',
      order('stop_loss', { quantity: '1', stop_price: '50000' }),
      ['BUS_001 quantity', 'BUS_002 stop_price'],
    ],
    [
      'a trail longer than the price, and no units',
      order('trailing_stop', { quantity: '1', trail_amount: '60000' }),
      ['BUS_001 quantity', 'BUS_002 trail_amount'],
    ],
    [
      'a trail of more than all, and no units',
      order('trailing_stop', { quantity: '1', trail_percent: '150' }),
      ['VAL_001 trail_percent', 'BUS_001 quantity'],
    ],
    [
      'a sale for nothing of what is not held',
      order('market_sell', { quantity: '0.0000001' }),
      ['BUS_001 quantity', 'BUS_002 quantity'],
    ],
    ['all of a buy', order('market_buy', { quantity: 'max' }), ['VAL_001 quantity']],
    [
      'a total that cannot be held',
      { asset_id: 'SPOT', order_type: 'limit_buy', quantity: '999999999999999', price: '5' },
      ['BUS_002 quantity'],
    ],
  ])('because of %s shows %o', async (_case, request, expected) => {
    service.setPrice('ETH', '50000');
    const ivan = await trader('10');
    const before = await ivan.funds();
    const preview = await previewed(ivan, request);
    expect(preview.would_be).toBe('refused');
    expect(codesOf(preview)).toEqual(expected);
    expect((await ivan.place(request)).statusCode).toBeGreaterThanOrEqual(422);
    expect(await ivan.funds()).toEqual(before);
  });

  it('because its client_order_id was used shows whether the request is the same', async () => {
    const judy = await trader('1000');
    const mine = { ...order('limit_buy', { quantity: '0.01', price: '40000' }), client_order_id: 'mine' };
    expect((await previewed(judy, mine)).would_be).toBe('queued');
    await judy.placed(mine);
    expect(codesOf(await previewed(judy, mine))).toEqual(['RES_002 client_order_id']);
    expect(codesOf(await previewed(judy, { ...mine, price: '41000' }))).toEqual(['VAL_001 client_order_id']);
  });
});

describe('a preview', () => {
  it('writes nothing, however often it is requested, and ignores an Idempotency-Key', async () => {
    const kim = await trader('1000');
    const before = await kim.funds();
    const stored = async () => {
      const items: unknown[] = [];
      for (const table of ['users', 'orders', 'inventory'] as const) {
        for await (const item of service.runtime.store.scan(table)) items.push(item);
      }
      return items;
    };
    const everything = await stored();
    for (let i = 0; i < 5; i += 1) {
      await previewed(kim, buy('0.01'));
      await previewed(kim, {
        ...order('limit_buy', { quantity: '0.01', price: '40000' }),
        client_order_id: 'mine',
      });
      await previewed(kim, buy('1'));
    }
    expect(await kim.funds()).toEqual(before);
    expect(await stored()).toEqual(everything);
  });

  it.each([
    ['nothing', undefined, ['body']],
    ['no fields', {}, ['asset_id', 'order_type', 'quantity']],
    ['an unknown field', { ...buy('1'), role: 'admin' }, ['role']],
    ['a number that is none', buy('1e5'), ['quantity']],
    ['a trail of nothing', order('trailing_stop', { quantity: '1', trail_amount: '0' }), ['trail_amount']],
  ])('of %s is a bad request, like the order itself', async (_case, payload, fields) => {
    const lea = await trader('1000');
    const response = await lea.preview(payload);
    expect(response.statusCode).toBe(422);
    expect([...new Set(response.json<ProblemAnswer>().errors?.map(({ field }) => field))]).toEqual(fields);
  });

  it('needs an account', async () => {
    const unfunded = await trader();
    expect((await unfunded.preview(buy('1'))).statusCode).toBe(404);
  });
});
