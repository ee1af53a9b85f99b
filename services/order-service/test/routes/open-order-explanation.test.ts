import type { IsoTime, Price } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { candleRecord } from '@cnop/common/dao/inventory/candle-dao';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS, candleOpenTime } from '@cnop/common/entities/inventory/candle';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { OrderExplanation } from '@cnop/common/entities/order/order-explanation';
import { orderExplanationSchema } from '@cnop/common/entities/order/order-explanation';
import { anAssetId, aPrice, aQuantity, aTime } from '@cnop/testing/builders/brands';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { startOrderService } from '../order-service-under-test.ts';
import type { Trader } from '../trader.ts';
import { createTrader } from '../trader.ts';

const BTC = anAssetId('BTC');

/** In the middle of a minute, so that the first candle inside the life of an order is the next one. */
const START = aTime('2026-01-15T12:00:30.000Z');
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
        asset_id: BTC,
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

/** Stores the candles of every interval that one price at one moment produces. */
function traceOf(moment: IsoTime, price: Price, intervals = Object.keys(CANDLE_SECONDS) as CandleInterval[]) {
  return intervals.map((interval) => ({
    interval,
    open_time: candleOpenTime(interval, moment),
    low: price,
    high: price,
  }));
}

describe('the explanation of an open order', () => {
  it('shows its trigger, the distance to it, and the nearest miss', async () => {
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
    await storeCandles([{ open_time: at(2, 0), low: aPrice('45500'), high: aPrice('50000') }]);
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
  ])('of type $order_type follows the bid', async ({ condition, nearest, distance, ...terms }) => {
    const grace = await trader('5000');
    await grace.placed({ asset_id: 'BTC', order_type: 'market_buy', quantity: '0.1' });
    const order = await grace.placed({ asset_id: 'BTC', quantity: '0.1', ...terms });
    await storeCandles([{ open_time: at(1, 0), low: aPrice('46000'), high: aPrice('54000') }]);
    service.clock.set(at(2));
    service.setPrice('BTC', '50000');
    const explanation = await explained(grace, order);
    expect(explanation.waiting_for).toMatchObject({ watches: 'bid', condition, price: '50000' });
    expect(explanation.nearest_miss).toMatchObject({ at: at(1, 0), price: nearest, distance });
  });

  it('follows its own side of the spread', async () => {
    const heidi = await trader('10000');
    const order = await heidi.placed(limitBuy('1', '1800', 'GOLD'));
    await storeCandles([
      { asset_id: anAssetId('GOLD'), open_time: at(1, 0), low: aPrice('1850'), high: aPrice('1900') },
    ]);
    service.clock.set(at(2));
    // Half of 1 % of 1850 on top.
    expect((await explained(heidi, order)).nearest_miss).toMatchObject({
      price: '1859.25',
      distance: '-59.25',
    });
  });

  it('of a trailing stop is measured from the highest bid since its acceptance', async () => {
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
      // A peak from before its acceptance does not count.
      { asset_id: BTC, seq: 0, bid: aPrice('99000'), at: START },
      { asset_id: BTC, seq: 1_000, bid: aPrice('52000'), at: at(1) },
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

  it('finds the minute of the nearest miss through days and hours', async () => {
    const judy = await trader('10000');
    const order = await judy.placed(limitBuy('0.1', '40000'));
    const [low, older] = [aTime('2026-02-03T07:41:00.000Z'), aTime('2026-01-20T09:00:00.000Z')];
    await storeCandles([
      ...traceOf(aTime('2026-01-15T12:00:10.000Z'), aPrice('1')),
      ...traceOf(aTime('2026-01-28T10:00:00.000Z'), aPrice('45000')),
      ...traceOf(low, aPrice('41000')),
      ...traceOf(older, aPrice('42000'), ['1d', '1h']),
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

  it('shows the hour of the nearest miss when its minutes are no longer kept', async () => {
    const kim = await trader('10000');
    const order = await kim.placed(limitBuy('0.1', '40000'));
    await storeCandles(traceOf(aTime('2026-01-20T09:17:00.000Z'), aPrice('42000'), ['1d', '1h']));
    service.clock.set('2026-02-10T12:00:00.000Z');
    const again = await kim.signInAgain();
    expect((await explained(again, order)).nearest_miss).toMatchObject({
      at: '2026-01-20T09:00:00.000Z',
      interval: '1h',
      price: '42000',
    });
  });
});
