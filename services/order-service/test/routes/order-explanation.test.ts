import { candleRecord } from '@cnop/common/dao/inventory/candle-dao';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS, candleOpenTime } from '@cnop/common/entities/inventory/candle';
import type { Order } from '@cnop/common/entities/order/order';
import type { OrderExplanation } from '@cnop/common/entities/order/order-explanation';
import { orderExplanationSchema } from '@cnop/common/entities/order/order-explanation';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expireOrder } from '../../src/use-cases/change-open-order.ts';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { fire, startOrderService, waiting } from '../order-service-under-test.ts';
import type { ProblemAnswer, Trader } from '../trader.ts';
import { createTrader } from '../trader.ts';

/** In the middle of a minute, so that the first candle inside an order's life is the next one. */
const START = '2026-01-15T12:00:30.000Z';
const at = (minutes: number, seconds = 30) =>
  new Date(Date.UTC(2026, 0, 15, 12, minutes, seconds)).toISOString();

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

async function explained(somebody: Trader, { order_id }: Pick<Order, 'order_id'>): Promise<OrderExplanation> {
  const response = await somebody.get(`/orders/${order_id}/explain`);
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
        asset_id: 'BTC',
        interval: '1m',
        open: candle.low,
        close: candle.high,
        volume: '0',
        final: true,
        source: 'manual',
        quotes: null,
        ...candle,
      }),
    ),
    result: undefined,
  }));
}

/** The candles of every interval that one price at one moment leaves behind. */
function traceOf(moment: string, price: string, intervals = Object.keys(CANDLE_SECONDS) as CandleInterval[]) {
  return intervals.map((interval) => ({
    interval,
    open_time: candleOpenTime(interval, moment),
    low: price,
    high: price,
  }));
}

const eventsOf = ({ timeline }: OrderExplanation) => timeline.map(({ event }) => event);

describe('the explanation of an order', () => {
  it('that was executed at once is short', async () => {
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

  it('that waited and fired tells each step with its figures', async () => {
    const bob = await trader('1000');
    const order = await bob.placed(limitBuy('0.4', '1800', 'GOLD'));
    service.clock.set(at(5));
    service.setPrice('GOLD', '1700');
    await fire(service, order);
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
      'Accepted while the price was 1990 to sell and 2010 to buy.',
      '721.80 USD were reserved.',
      'The price of 1708.5 fired the order, which waited for 1800.',
      'Bought 0.4 GOLD at 1708.5 for 683.40 USD, fees 1.71 USD. That is 36.69 USD better than at the limit.',
      '36.69 USD of the reserve were given back.',
    ]);
  });

  it.each([
    ['limit_sell', { price: '55000' }, '56000', '100.00'],
    ['take_profit', { stop_price: '55000' }, '56000', undefined],
    ['stop_loss', { stop_price: '45000' }, '44000', undefined],
  ])(
    'of a %s %o that fired gives nothing back, since all was sold',
    async (order_type, terms, price, improvement) => {
      const carol = await trader('5000');
      await carol.placed({ asset_id: 'BTC', order_type: 'market_buy', quantity: '0.1' });
      const order = await carol.placed({ asset_id: 'BTC', order_type, quantity: '0.1', ...terms });
      service.setPrice('BTC', price);
      await fire(service, order);
      const explanation = await explained(carol, order);
      expect(eventsOf(explanation)).toEqual(['accepted', 'held', 'triggered', 'executed']);
      expect(explanation.timeline[1]?.facts).toEqual({ amount: '0.1', unit: 'BTC' });
      expect(explanation.timeline.at(-1)?.facts['improvement']).toBe(improvement);
    },
  );

  it('of a sale of many cheap units that fired gives nothing back either', async () => {
    const amy = await trader('100');
    await amy.placed({ asset_id: 'DOGE', order_type: 'market_buy', quantity: '100' });
    const order = await amy.placed({
      asset_id: 'DOGE',
      order_type: 'limit_sell',
      quantity: '100',
      price: '0.2',
    });
    service.setPrice('DOGE', '0.25');
    await fire(service, order);
    expect(eventsOf(await explained(amy, order))).toEqual(['accepted', 'held', 'triggered', 'executed']);
  });

  it('that was cancelled or expired tells how close the price came, and what was given back', async () => {
    const dave = await trader('10000');
    const [cancelled, expired] = [
      await dave.placed(limitBuy('0.1', '48000')),
      await dave.placed({ ...limitBuy('0.1', '47000'), expires_at: at(10) }),
    ];
    await storeCandles([
      { open_time: at(0, 0), low: '40000', high: '60000' },
      { open_time: at(3, 0), low: '48500', high: '60000' },
      { open_time: at(4, 0), low: '48100', high: '48200' },
      { open_time: at(5, 0), low: '48100', high: '48200' },
      { open_time: at(7, 0), low: '47200', high: '47900' },
      { open_time: at(10, 0), low: '30000', high: '47900' },
    ]);
    service.clock.set(at(6));
    await dave.cancel(cancelled.order_id);
    service.clock.set(at(10));
    await expireOrder(service.ordering, waiting(expired));
    const first = await explained(dave, cancelled);
    expect(eventsOf(first)).toEqual(['accepted', 'held', 'nearest_miss', 'cancelled', 'released']);
    // Neither what was before the order nor what came after it; of two equal ones the first.
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

  it('that failed says why, and has no miss: the price was there', async () => {
    const erin = await trader('10');
    await erin.placed({ asset_id: 'DOGE', order_type: 'market_buy', quantity: '1' });
    const order = await erin.placed({
      asset_id: 'DOGE',
      order_type: 'stop_loss',
      quantity: '1',
      stop_price: '0.1',
    });
    service.setPrice('DOGE', '0.000001');
    await fire(service, order);
    const explanation = await explained(erin, order);
    expect(eventsOf(explanation)).toEqual(['accepted', 'held', 'triggered', 'failed', 'released']);
    expect(explanation.timeline[3]?.text).toBe(
      'The order is failed: This sale would bring less than one cent.',
    );
    expect(explanation.nearest_miss).toBeNull();
  });
});

describe('an order that waits', () => {
  it('says what for, how far that is, and how close it was', async () => {
    const frank = await trader('10000');
    const order = await frank.placed(limitBuy('0.1', '45000'));
    expect(await explained(frank, order)).toMatchObject({
      status: 'queued',
      nearest_miss: {
        at: START,
        interval: null,
        price: '50000',
        distance: '-5000',
        distance_percent: '-10.00',
      },
      waiting_for: {
        watches: 'ask',
        condition: 'at_or_below',
        trigger_price: '45000',
        peak: null,
        price: '50000',
        quote_at: START,
        distance: '-5000',
        distance_percent: '-10.00',
        expires_at: '2026-02-14T12:00:30.000Z',
      },
    });
    await storeCandles([{ open_time: at(2, 0), low: '45500', high: '50000' }]);
    service.clock.set(at(3));
    service.setPrice('BTC', '46000');
    expect(await explained(frank, order)).toMatchObject({
      nearest_miss: { at: at(2, 0), interval: '1m', price: '45500' },
      waiting_for: { price: '46000', distance: '-1000', distance_percent: '-2.17' },
    });
    service.clock.set(at(4));
    service.setPrice('BTC', '45000.01');
    expect(await explained(frank, order)).toMatchObject({
      nearest_miss: {
        at: at(4),
        interval: null,
        price: '45000.01',
        distance: '-0.01',
        distance_percent: '0.00',
      },
    });
  });

  it.each([
    {
      order_type: 'limit_sell',
      price: '55000',
      condition: 'at_or_above',
      nearest: '54000',
      distance: '1000',
    },
    {
      order_type: 'take_profit',
      stop_price: '55000',
      condition: 'at_or_above',
      nearest: '54000',
      distance: '1000',
    },
    {
      order_type: 'stop_loss',
      stop_price: '45000',
      condition: 'at_or_below',
      nearest: '46000',
      distance: '-1000',
    },
  ])('as a $order_type looks at the bid', async ({ condition, nearest, distance, ...terms }) => {
    const grace = await trader('5000');
    await grace.placed({ asset_id: 'BTC', order_type: 'market_buy', quantity: '0.1' });
    const order = await grace.placed({ asset_id: 'BTC', quantity: '0.1', ...terms });
    await storeCandles([{ open_time: at(1, 0), low: '46000', high: '54000' }]);
    service.clock.set(at(2));
    service.setPrice('BTC', '50000');
    const explanation = await explained(grace, order);
    expect(explanation.waiting_for).toMatchObject({ watches: 'bid', condition, price: '50000' });
    expect(explanation.nearest_miss).toMatchObject({ at: at(1, 0), price: nearest, distance });
  });

  it('looks at its own side of the spread', async () => {
    const heidi = await trader('10000');
    const order = await heidi.placed(limitBuy('1', '1800', 'GOLD'));
    await storeCandles([{ asset_id: 'GOLD', open_time: at(1, 0), low: '1850', high: '1900' }]);
    service.clock.set(at(2));
    // Half of 1 % of 1850 on top.
    expect((await explained(heidi, order)).nearest_miss).toMatchObject({
      price: '1859.25',
      distance: '-59.25',
    });
  });

  it('as a trailing stop is measured from the highest bid since its acceptance', async () => {
    const ivan = await trader('5000');
    await ivan.placed({ asset_id: 'BTC', order_type: 'market_buy', quantity: '0.1' });
    const base = { asset_id: 'BTC', order_type: 'trailing_stop', quantity: '0.05' };
    const byAmount = await ivan.placed({ ...base, trail_amount: '1000' });
    const byPercent = await ivan.placed({ ...base, trail_percent: '2.5' });
    expect((await explained(ivan, byAmount)).waiting_for).toMatchObject({
      peak: '50000',
      trigger_price: '49000',
    });
    const peaks = [
      // The one of an earlier quote is none of theirs.
      { asset_id: 'BTC', seq: 0, bid: '99000', at: START },
      { asset_id: 'BTC', seq: 1_000, bid: '52000', at: at(1) },
    ];
    await service.ordering.peaks.replacePeaks(peaks, []);
    service.clock.set(at(3));
    service.setPrice('BTC', '51500');
    expect(await explained(ivan, byAmount)).toMatchObject({
      nearest_miss: null,
      waiting_for: {
        watches: 'bid',
        condition: 'at_or_below',
        peak: '52000',
        trigger_price: '51000',
        price: '51500',
        distance: '-500',
      },
    });
    expect((await explained(ivan, byPercent)).waiting_for).toMatchObject({ trigger_price: '50700' });
  });

  it('for weeks is found its minute through days and hours, as long as those are kept', async () => {
    const judy = await trader('10000');
    const order = await judy.placed(limitBuy('0.1', '40000'));
    const [low, older] = ['2026-02-03T07:41:00.000Z', '2026-01-20T09:00:00.000Z'];
    await storeCandles([
      ...traceOf('2026-01-15T12:00:10.000Z', '1'),
      ...traceOf('2026-01-28T10:00:00.000Z', '45000'),
      ...traceOf(low, '41000'),
      ...traceOf(older, '42000', ['1d', '1h']),
    ]);
    service.clock.set('2026-02-10T12:00:00.000Z');
    service.refreshPrices();
    const again = await judy.signInAgain();
    expect((await explained(again, order)).nearest_miss).toMatchObject({
      at: low,
      interval: '1m',
      price: '41000',
    });

    const late = await again.placed({ ...limitBuy('0.1', '40000') });
    expect((await explained(again, late)).nearest_miss).toMatchObject({ interval: null, price: '50000' });
  });

  it('whose minutes are no longer kept is told the hour', async () => {
    const kim = await trader('10000');
    const order = await kim.placed(limitBuy('0.1', '40000'));
    await storeCandles(traceOf('2026-01-20T09:17:00.000Z', '42000', ['1d', '1h']));
    service.clock.set('2026-02-10T12:00:00.000Z');
    const again = await kim.signInAgain();
    expect((await explained(again, order)).nearest_miss).toMatchObject({
      at: '2026-01-20T09:00:00.000Z',
      interval: '1h',
      price: '42000',
    });
  });
});

describe('explaining', () => {
  it('is for the owner alone', async () => {
    const [lea, eve] = [await trader('1000'), await trader()];
    const order = await lea.placed(limitBuy('0.01', '40000'));
    const foreign = await eve.get(`/orders/${order.order_id}/explain`);
    const missing = await eve.get('/orders/0190-missing/explain');
    expect([foreign.statusCode, missing.statusCode]).toEqual([404, 404]);
    expect(foreign.json<ProblemAnswer>().detail).toBe(missing.json<ProblemAnswer>().detail);
    expect((await eve.get('/orders/a@b/explain')).statusCode).toBe(422);
  });
});
