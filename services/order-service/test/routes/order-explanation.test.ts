import { isoTime } from '@cnop/common/core/brands';
import { candleRecord } from '@cnop/common/dao/inventory/candle-dao';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { OrderExplanation } from '@cnop/common/entities/order/order-explanation';
import { orderExplanationSchema } from '@cnop/common/entities/order/order-explanation';
import { anAssetId, aPrice, aQuantity } from '@cnop/testing/builders/brands';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expireOrder } from '../../src/use-cases/change-open-order.ts';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { keysOf, startOrderService, triggerNow } from '../order-service-under-test.ts';
import type { ProblemAnswer, Trader } from '../trader.ts';
import { createTrader } from '../trader.ts';

/** In the middle of a minute, so that the first candle inside the life of an order is the next one. */
const START = '2026-01-15T12:00:30.000Z';
const at = (minutes: number, seconds = 30) => isoTime(new Date(Date.UTC(2026, 0, 15, 12, minutes, seconds)));

let service: OrderServiceUnderTest;
beforeEach(async () => {
  service = await startOrderService();
  service.clock.set(START);
  service.refreshPrices();
  service.setPrice('BTC', '50000');
});
afterEach(() => service.dispose());

const trader = (usd?: string) => createTrader(service, usd);
const limitBuy = (quantity: string, price: string, asset_id = 'BTC') => ({
  asset_id,
  order_type: 'limit_buy',
  quantity,
  price,
});

async function explained(
  user: Trader,
  { order_id }: Pick<OrderDocument, 'order_id'>,
): Promise<OrderExplanation> {
  const response = await user.get(`/orders/${order_id}/explain`);
  expect(response.statusCode, response.body).toBe(200);
  const { data } = response.json<{ readonly data: OrderExplanation }>();
  expect(orderExplanationSchema.parse(data)).toEqual(data);
  return data;
}

async function storeCandles(
  candles: readonly (Pick<Candle, 'open_time' | 'low' | 'high'> & Partial<Candle>)[],
): Promise<void> {
  await service.runtime.store.transact({}, () => ({
    writes: candles.map((candle) =>
      candleRecord.create({
        asset_id: anAssetId('BTC'),
        interval: '1m',
        open: candle.low,
        close: candle.high,
        volume: aQuantity('0'),
        final: true,
        source: 'manual',
        quotes: null,
        ...candle,
      }),
    ),
    result: undefined,
  }));
}

const eventsOf = ({ timeline }: OrderExplanation) => timeline.map(({ event }) => event);

describe('the explanation of an order', () => {
  it('filled at once has one entry for each step', async () => {
    const alice = await trader('5000');
    const order = await alice.placed({ asset_id: 'GOLD', order_type: 'market_buy', quantity: '1' });
    expect(await explained(alice, order)).toEqual({
      order_id: order.order_id,
      status: 'completed',
      timeline: [
        { at: START, event: 'accepted', text: 'Accepted.', facts: {} },
        {
          at: START,
          event: 'executed',
          text: 'Bought 1 GOLD at 2010 for 2010.00 USD, fees 5.03 USD.',
          facts: { price: '2010', quantity: '1', total_amount: '2010.00', fees: '5.03' },
        },
      ],
      nearest_miss: null,
      waiting_for: null,
    });
  });

  it('triggered later lists each step with its figures', async () => {
    const bob = await trader('1000');
    const order = await bob.placed(limitBuy('0.4', '1800', 'GOLD'));
    service.clock.set(at(5));
    service.setPrice('GOLD', '1700');
    await triggerNow(service, order);
    const { timeline, ...rest } = await explained(bob, order);
    expect(rest).toEqual({
      order_id: order.order_id,
      status: 'completed',
      nearest_miss: null,
      waiting_for: null,
    });
    expect(timeline.map(({ at: when, event, facts }) => ({ when, event, facts }))).toEqual([
      { when: START, event: 'accepted', facts: { bid: '1990', ask: '2010', quote_at: START } },
      // 0.4 x 1800 and 0.25 % of it.
      { when: START, event: 'held', facts: { amount: '721.80', unit: 'USD' } },
      {
        when: at(5),
        event: 'triggered',
        facts: { price: '1708.5', trigger_price: '1800', bid: '1691.5', ask: '1708.5', quote_at: at(5) },
      },
      {
        when: at(5),
        event: 'executed',
        // 683.40 + 1.71 = 685.11, which is 36.69 less than the 721.80 at the limit.
        facts: {
          price: '1708.5',
          quantity: '0.4',
          total_amount: '683.40',
          fees: '1.71',
          limit: '1800',
          improvement: '36.69',
        },
      },
      { when: at(5), event: 'released', facts: { amount: '36.69', unit: 'USD' } },
    ]);
    expect(timeline.map(({ text }) => text)).toEqual([
      'Accepted at a bid of 1990 and an ask of 2010.',
      '721.80 USD were reserved.',
      'The price of 1708.5 triggered the order at 1800.',
      'Bought 0.4 GOLD at 1708.5 for 683.40 USD, fees 1.71 USD. That is 36.69 USD better than at the limit.',
      '36.69 USD of the hold were released.',
    ]);
  });

  it.each([
    ['limit_sell', { price: '55000' }, '56000', '100.00'],
    ['take_profit', { stop_price: '55000' }, '56000', undefined],
    ['stop_loss', { stop_price: '45000' }, '44000', undefined],
  ])(
    'of a filled %s %o releases nothing, since all held units were sold',
    async (order_type, terms, price, improvement) => {
      const carol = await trader('5000');
      await carol.placed({ asset_id: 'BTC', order_type: 'market_buy', quantity: '0.1' });
      const order = await carol.placed({ asset_id: 'BTC', order_type, quantity: '0.1', ...terms });
      service.setPrice('BTC', price);
      await triggerNow(service, order);
      const explanation = await explained(carol, order);
      expect(eventsOf(explanation)).toEqual(['accepted', 'held', 'triggered', 'executed']);
      expect(explanation.timeline[1]?.facts).toEqual({ amount: '0.1', unit: 'BTC' });
      expect(explanation.timeline.at(-1)?.facts['improvement']).toBe(improvement);
    },
  );

  it('of a filled sale of many cheap units releases nothing', async () => {
    const amy = await trader('100');
    await amy.placed({ asset_id: 'DOGE', order_type: 'market_buy', quantity: '100' });
    const order = await amy.placed({
      asset_id: 'DOGE',
      order_type: 'limit_sell',
      quantity: '100',
      price: '0.2',
    });
    service.setPrice('DOGE', '0.25');
    await triggerNow(service, order);
    expect(eventsOf(await explained(amy, order))).toEqual(['accepted', 'held', 'triggered', 'executed']);
  });

  it('cancelled or expired shows how close the price came, and what was released', async () => {
    const dave = await trader('10000');
    const [cancelled, expired] = [
      await dave.placed(limitBuy('0.1', '48000')),
      await dave.placed({ ...limitBuy('0.1', '47000'), expires_at: at(10) }),
    ];
    await storeCandles([
      { open_time: at(0, 0), low: aPrice('40000'), high: aPrice('60000') },
      { open_time: at(3, 0), low: aPrice('48500'), high: aPrice('60000') },
      { open_time: at(4, 0), low: aPrice('48100'), high: aPrice('48200') },
      { open_time: at(5, 0), low: aPrice('48100'), high: aPrice('48200') },
      { open_time: at(7, 0), low: aPrice('47200'), high: aPrice('47900') },
      { open_time: at(10, 0), low: aPrice('30000'), high: aPrice('47900') },
    ]);
    service.clock.set(at(6));
    await dave.cancel(cancelled.order_id);
    service.clock.set(at(10));
    await expireOrder(service.ordering, keysOf(expired));
    const first = await explained(dave, cancelled);
    expect(eventsOf(first)).toEqual(['accepted', 'held', 'nearest_miss', 'cancelled', 'released']);
    // No price from before or after the order counts; of two equal ones the first does.
    expect(first.nearest_miss).toEqual({
      at: at(4, 0),
      interval: '1m',
      price: '48100',
      trigger_price: '48000',
      distance: '-100',
      distance_percent: '-0.20',
    });
    expect(first.timeline.slice(2)).toMatchObject([
      { at: at(4, 0), text: 'The ask came closest at 48100: -100 USD (-0.20 %) from 48000.' },
      { at: at(6), text: 'The order is cancelled: cancelled by the user.' },
      { at: at(6), facts: { amount: '4800.00', unit: 'USD' } },
    ]);
    expect(first.waiting_for).toBeNull();
    const second = await explained(dave, expired);
    expect(eventsOf(second)).toEqual(['accepted', 'held', 'nearest_miss', 'expired', 'released']);
    expect(second.nearest_miss).toMatchObject({ at: at(7, 0), price: '47200', distance: '-200' });
  });

  it('that failed shows the reason and no nearest miss', async () => {
    const erin = await trader('10');
    await erin.placed({ asset_id: 'DOGE', order_type: 'market_buy', quantity: '1' });
    const order = await erin.placed({
      asset_id: 'DOGE',
      order_type: 'stop_loss',
      quantity: '1',
      stop_price: '0.1',
    });
    service.setPrice('DOGE', '0.000001');
    await triggerNow(service, order);
    const explanation = await explained(erin, order);
    expect(eventsOf(explanation)).toEqual(['accepted', 'held', 'triggered', 'failed', 'released']);
    expect(explanation.timeline[3]?.text).toBe(
      'The order is failed: This sale would bring less than one cent.',
    );
    expect(explanation.nearest_miss).toBeNull();
  });
});

describe('explaining an order', () => {
  it('is refused to another user', async () => {
    const [lea, eve] = [await trader('1000'), await trader()];
    const order = await lea.placed(limitBuy('0.01', '40000'));
    const foreign = await eve.get(`/orders/${order.order_id}/explain`);
    const missing = await eve.get('/orders/0190-missing/explain');
    expect([foreign.statusCode, missing.statusCode]).toEqual([404, 404]);
    expect(foreign.json<ProblemAnswer>().detail).toBe(missing.json<ProblemAnswer>().detail);
    expect((await eve.get('/orders/a@b/explain')).statusCode).toBe(422);
  });
});
