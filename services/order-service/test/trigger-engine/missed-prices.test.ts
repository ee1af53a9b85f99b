import type { IsoTime } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { TableStore } from '@cnop/common/database/table-store';
import type { candleSchema } from '@cnop/common/entities/inventory/candle';
import { aTime } from '@cnop/testing/builders/brands';
import { afterEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Market, MarketOptions } from './market.ts';
import { openMarket } from './market.ts';

let market: Market;
afterEach(() => market.dispose());
// The clock starts at 12:00:00.
const open = async (options?: MarketOptions): Promise<void> => {
  market = await openMarket(options);
};
const minute = (minutes: number): IsoTime =>
  aTime(`2026-01-15T12:${String(minutes).padStart(2, '0')}:00.000Z`);
const statusOf = async (orderId: string) => (await market.order(orderId)).status;
const stopAt = async (stop_price: string): Promise<string> =>
  (await market.place({ order_type: 'stop_loss', stop_price })).order_id;
const trail = async (trail_amount: string): Promise<string> =>
  (await market.place({ order_type: 'trailing_stop', trail_amount })).order_id;

/** Runs no engine from 12:01 to 12:10, and records the prices of one minute. */
async function awayDuring(candle: {
  low?: string;
  high?: string;
  close: string;
  open?: string;
  quotes?: z.input<typeof candleSchema>['quotes'];
}): Promise<void> {
  market.clock.set(minute(1));
  await market.price('100');
  await market.restart(async () => {
    await market.addCandle({ open_time: minute(5), ...candle });
    market.clock.set(minute(10));
  });
}

describe('a price from the time without an engine', () => {
  it('triggers stops, filled at the current quote, and no limit that is not met now', async () => {
    await open();
    const stop = await stopAt('95');
    const profit = (await market.place({ order_type: 'take_profit', stop_price: '110' })).order_id;
    const limit = (await market.place({ order_type: 'limit_buy', price: '95' })).order_id;
    const unaffected = await stopAt('93');
    await awayDuring({ low: '94', high: '111', close: '100' });
    // There is no current quote yet.
    expect([await statusOf(stop), await statusOf(profit)]).toEqual(['queued', 'queued']);
    await market.price('101');
    expect(await market.order(stop)).toMatchObject({
      status: 'completed',
      executed_price: '101',
      trigger_price: '95',
      trigger_quote: { bid: '94', at: minute(5) },
    });
    expect(await market.order(profit)).toMatchObject({ status: 'completed', executed_price: '101' });
    expect([await statusOf(limit), await statusOf(unaffected)]).toEqual(['queued', 'queued']);
  });

  it('is processed after another restart when there was no current quote', async () => {
    await open();
    const stop = await stopAt('95');
    const trailing = await trail('5');
    await awayDuring({ low: '94', close: '100' });
    await market.restart();
    await market.price('101');
    expect([await statusOf(stop), await statusOf(trailing)]).toEqual(['completed', 'completed']);
  });

  it('raises trailing stops', async () => {
    await open();
    const trailing = await trail('10');
    await awayDuring({ high: '120', close: '112' });
    await market.price('111');
    expect(await statusOf(trailing)).toBe('queued');
    expect(await market.peaks()).toEqual(['120']);
    await market.price('110');
    expect(await market.order(trailing)).toMatchObject({ status: 'completed', trigger_price: '110' });
  });

  it.each([
    ['a low under the peak from before', { low: '90', close: '100' }, 'completed'],
    ['a last price under the high of its minute', { high: '120', close: '110' }, 'completed'],
    ['a low before the high of its own minute', { low: '95', high: '120', close: '111' }, 'queued'],
    [
      'a low after the high of its own minute',
      {
        low: '95',
        high: '120',
        close: '111',
        quotes: { high: { seq: 5, bid: '120' }, low: { seq: 6, bid: '95' }, close: { seq: 7, bid: '111' } },
      },
      'completed',
    ],
  ] as const)('triggers a trailing stop by %s', async (_, candle, status) => {
    await open();
    const trailing = await trail('10');
    await awayDuring(candle);
    await market.price('111');
    expect(await statusOf(trailing)).toBe(status);
  });

  it('counts from the acceptance on, also within its minute', async () => {
    await open();
    market.clock.set(minute(5));
    market.clock.advanceSeconds(30);
    // The third quote: a greater seq came later.
    market.publish('100', '100');
    const open95 = [await stopAt('95'), await trail('10')];
    const triggered = [await stopAt('99'), await trail('1')];
    await market.restart(async () => {
      await market.addCandle({
        open_time: minute(5),
        low: '90',
        high: '130',
        close: '99',
        quotes: {
          low: { seq: 2, bid: '90' },
          high: { seq: 3, bid: '130' },
          close: { seq: 4, bid: '99' },
        },
      });
      market.clock.set(minute(10));
    });
    await market.price('101', '101');
    for (const id of open95) expect(await statusOf(id)).toBe('queued');
    for (const id of triggered) {
      expect(await market.order(id)).toMatchObject({
        status: 'completed',
        trigger_quote: { seq: 4, bid: '99' },
      });
    }
  });

  it.each([true, false])(
    'does not count a half-recorded minute whose last price is older than the acceptance, closed: %s',
    async (final) => {
      await open();
      market.clock.set(minute(5));
      market.clock.advanceSeconds(30);
      market.publish('100');
      const orders = [
        await stopAt('95'),
        (await market.place({ order_type: 'take_profit', stop_price: '105' })).order_id,
        await trail('5'),
      ];
      await market.restart(async () => {
        const quotes = {
          low: { seq: 1, bid: '90' },
          high: { seq: 2, bid: '110' },
          close: { seq: 1, bid: '90' },
        };
        await market.addCandle({
          open_time: minute(5),
          low: '90',
          high: '110',
          close: '90',
          final,
          quotes,
        });
        market.clock.set(minute(10));
      });
      await market.price('101');
      for (const id of orders) expect(await statusOf(id)).toBe('queued');
    },
  );

  it('does not count in a minute without quotes', async () => {
    await open();
    const orders = [await stopAt('95'), await trail('5')];
    await awayDuring({ low: '90', high: '120', close: '90', quotes: null });
    await market.price('101');
    for (const id of orders) expect(await statusOf(id)).toBe('queued');
  });

  it('counts with its own bid, although the spread has changed', async () => {
    await open();
    const stop = await stopAt('95');
    await awayDuring({ low: '99', close: '99' });
    // With this spread a mid of 99 has a bid of 94.05, and one of 101 a bid of 95.95.
    await market.change({ spread_bps: 1_000 });
    await market.restart();
    await market.price('101');
    expect(await statusOf(stop)).toBe('queued');
  });

  it('does not count again when it was processed before the engine stopped', async () => {
    await open();
    const trailing = await trail('10');
    market.clock.set(minute(5));
    await market.price('95');
    await market.price('120');
    await market.price('112');
    await market.restart(async () => {
      const quotes = {
        low: { seq: 2, bid: '95' },
        high: { seq: 3, bid: '120' },
        close: { seq: 4, bid: '112' },
      };
      await market.addCandle({
        open_time: minute(5),
        low: '95',
        high: '120',
        close: '112',
        quotes,
      });
      market.clock.advanceSeconds(30);
    });
    await market.price('111');
    expect(await statusOf(trailing)).toBe('queued');
    await market.price('110');
    expect(await statusOf(trailing)).toBe('completed');
  });

  it('is read from more candles than one query returns', async () => {
    await open();
    const stop = await stopAt('95');
    await market.price('100');
    await market.restart(async () => {
      const start = Date.parse(minute(0));
      for (let i = 1; i <= 1_005; i++) {
        const open_time = isoTime(new Date(start + i * 60_000));
        await market.addCandle({
          open_time,
          ...(i === 1_003 && { low: '94' }),
          close: '100',
        });
      }
      market.clock.set(new Date(start + 1_010 * 60_000));
    });
    await market.price('101');
    expect(await statusOf(stop)).toBe('completed');
  });

  it('does not trigger an order that expired meanwhile', async () => {
    await open();
    const { order_id } = await market.place({
      order_type: 'stop_loss',
      stop_price: '95',
      expires_at: minute(8),
    });
    await awayDuring({ low: '94', close: '100' });
    await market.price('100');
    expect(await statusOf(order_id)).toBe('expired');
  });

  it('is processed after a start on which the store failed', async () => {
    let isBroken = false;
    const engineStore = (store: TableStore): TableStore => ({
      ...store,
      get: async (key) => {
        if (isBroken && key.pk.startsWith('CHECKPOINT#')) throw new Error('planted');
        return store.get(key);
      },
    });
    await open({ engineStore });
    const stop = await stopAt('95');
    isBroken = true;
    await awayDuring({ low: '94', close: '100' });
    await market.price('100');
    expect(await statusOf(stop)).toBe('queued');
    isBroken = false;
    await market.price('101');
    expect(await statusOf(stop)).toBe('completed');
  });
});
