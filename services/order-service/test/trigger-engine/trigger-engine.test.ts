import { isoTime } from '@cnop/common/core/brands';
import { createTriggerIndexDao } from '@cnop/common/dao/order/trigger-index-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { isTradable } from '@cnop/common/trading/trigger-rules';
import { anAssetId, aPrice } from '@cnop/testing/builders/brands';
import { afterEach, describe, expect, it } from 'vitest';
import { limitTriggerOf } from '../../src/domain/triggers/price-span.ts';
import type { Market, MarketOptions } from './market.ts';
import { openMarket } from './market.ts';

const SPOT = anAssetId('SPOT');

let market: Market;
afterEach(() => market.dispose());
const open = async (options?: MarketOptions): Promise<void> => {
  market = await openMarket(options);
};
const statusOf = async (orderId: string) => (await market.order(orderId)).status;

describe('an open order', () => {
  it.each([
    ['limit_buy', { price: '95' }, '95.0001', '95'],
    ['limit_sell', { price: '105' }, '104.9999', '105'],
    ['stop_loss', { stop_price: '95' }, '95.0001', '95'],
    ['take_profit', { stop_price: '105' }, '104.9999', '105'],
    ['trailing_stop', { trail_amount: '5' }, '95.0001', '95'],
    ['trailing_stop', { trail_percent: '5' }, '95.0001', '95'],
  ] as const)(
    'of type %s with %j stays open at %s and is triggered at %s',
    async (order_type, terms, near, triggering) => {
      await open();
      const { order_id } = await market.place({ order_type, ...terms });
      await market.price(near);
      expect(await statusOf(order_id)).toBe('queued');
      await market.price(triggering);
      const order = await market.order(order_id);
      expect(order).toMatchObject({
        status: 'completed',
        executed_price: triggering,
        held_amount: '0',
        trigger_price: triggering,
        trigger_quote: { bid: triggering, ask: triggering },
      });
      expect(await market.tradesOf(order_id)).toBe(1);
      expect((await market.cash()).held).toBe('0.00');
      expect((await market.units()).held).toBe('0');
    },
  );

  it('follows the side that it would trade at', async () => {
    await open({ asset: { spread_bps: 200 } });
    const buy = await market.place({ order_type: 'limit_buy', price: '96' });
    const stop = await market.place({ order_type: 'stop_loss', stop_price: '94.5' });
    // Bid 94.545, ask 96.455.
    await market.price('95.5');
    expect([await statusOf(buy.order_id), await statusOf(stop.order_id)]).toEqual(['queued', 'queued']);
    // Bid 94.05, ask 95.95.
    await market.price('95');
    expect(await market.order(buy.order_id)).toMatchObject({ status: 'completed', executed_price: '95.95' });
    expect(await market.order(stop.order_id)).toMatchObject({ status: 'completed', executed_price: '94.05' });
  });

  it('is filled at the current quote, which may be better than its limit', async () => {
    await open();
    const { order_id } = await market.place({ order_type: 'limit_buy', price: '95', quantity: '10' });
    expect((await market.cash()).held).toBe('950.00');
    await market.price('80');
    expect(await market.order(order_id)).toMatchObject({
      price: '95',
      executed_price: '80',
      total_amount: '800.00',
    });
    expect(await market.cash()).toEqual({ current: '899200.00', held: '0.00' });
  });

  it('is triggered by a low that passed before it was processed, if it is a stop', async () => {
    await open();
    const stop = await market.place({ order_type: 'stop_loss', stop_price: '95' });
    const profit = await market.place({ order_type: 'take_profit', stop_price: '110' });
    const limit = await market.place({ order_type: 'limit_buy', price: '95' });
    await market.price('94', '111', '100');
    expect(await market.order(stop.order_id)).toMatchObject({
      status: 'completed',
      executed_price: '100',
      trigger_quote: { bid: '94' },
    });
    expect(await market.order(profit.order_id)).toMatchObject({
      status: 'completed',
      executed_price: '100',
      trigger_quote: { bid: '111' },
    });
    expect(await statusOf(limit.order_id)).toBe('queued');
  });

  it('is not triggered by a price from before its acceptance', async () => {
    await open();
    market.publish('94', '111', '100');
    const stop = await market.place({ order_type: 'stop_loss', stop_price: '95' });
    const profit = await market.place({ order_type: 'take_profit', stop_price: '110' });
    const trailing = await market.place({ order_type: 'trailing_stop', trail_amount: '5' });
    await market.price('100');
    for (const { order_id } of [stop, profit, trailing]) expect(await statusOf(order_id)).toBe('queued');
    await market.price('95');
    expect(await statusOf(stop.order_id)).toBe('completed');
    expect(await market.order(trailing.order_id)).toMatchObject({ trigger_price: '95' });
  });

  it('is one of many triggered at one price', async () => {
    await open();
    const placed = [];
    for (let i = 0; i < 1_100; i++) {
      placed.push(market.place({ order_type: 'stop_loss', stop_price: '90', quantity: '0.5' }));
    }
    const orders = await Promise.all(placed);
    await market.price('90');
    for (const { order_id } of orders) expect(await statusOf(order_id)).toBe('completed');
    expect(await market.units()).toEqual({ quantity: '450', held: '0' });
  });
});

describe('an old quote', () => {
  it('triggers nothing, but its peak counts', async () => {
    await open();
    const stop = await market.place({ order_type: 'stop_loss', stop_price: '95' });
    const trailing = await market.place({ order_type: 'trailing_stop', trail_amount: '5' });
    const old = isoTime(market.clock.now());
    market.clock.advanceSeconds(16);
    for (const [bid, seq] of [['94', 50] as const, ['120', 51] as const]) {
      const mid = aPrice(bid);
      market.runtime.quotes.publish([
        { asset_id: SPOT, bid: mid, ask: mid, mid, at: old, source: 'manual', seq },
      ]);
    }
    await market.engine().whenIdle();
    expect([await statusOf(stop.order_id), await statusOf(trailing.order_id)]).toEqual(['queued', 'queued']);
    const at = isoTime(market.clock.now());
    const quote = {
      asset_id: SPOT,
      bid: aPrice('115'),
      ask: aPrice('115'),
      mid: aPrice('115'),
      at,
      source: 'manual',
      seq: 52,
    } as const;
    market.runtime.quotes.publish([quote]);
    await market.engine().whenIdle();
    expect(await statusOf(stop.order_id)).toBe('queued');
    expect(await market.order(trailing.order_id)).toMatchObject({
      status: 'completed',
      trigger_price: '115',
    });
  });
});

describe('a quote suspended by a jump', () => {
  it('triggers nothing until the jump is confirmed or dropped, not even orders triggered before', async () => {
    await open();
    const stop = await market.place({ order_type: 'stop_loss', stop_price: '95' });
    const limit = await market.place({ order_type: 'limit_buy', price: '90' });
    const at = isoTime(market.clock.now());
    const rest = { asset_id: SPOT, at, source: 'manual' } as const;
    // Both arrive before the engine runs: the price falls to the stop, and then it jumps.
    market.runtime.quotes.publish([
      { ...rest, bid: aPrice('94'), mid: aPrice('94'), ask: aPrice('94'), seq: 50 },
    ]);
    market.runtime.quotes.publish([
      { ...rest, bid: aPrice('94'), mid: aPrice('94'), ask: aPrice('94'), seq: 51, suspended: true },
    ]);
    await market.engine().whenIdle();
    expect([await statusOf(stop.order_id), await statusOf(limit.order_id)]).toEqual(['queued', 'queued']);
    market.runtime.quotes.publish([
      { ...rest, bid: aPrice('60'), mid: aPrice('60'), ask: aPrice('60'), seq: 52 },
    ]);
    await market.engine().whenIdle();
    expect(await market.order(stop.order_id)).toMatchObject({ status: 'completed', executed_price: '60' });
    expect(await market.order(limit.order_id)).toMatchObject({ status: 'completed', executed_price: '60' });
  });
});

describe('a suspended quote', () => {
  it('raises no peak: after a start its price may be older than the order', async () => {
    await open();
    const trailing = await market.place({ order_type: 'trailing_stop', trail_amount: '5' });
    const rest = { asset_id: SPOT, at: isoTime(market.clock.now()), source: 'manual' } as const;
    market.runtime.quotes.publish([
      { ...rest, bid: aPrice('110'), mid: aPrice('110'), ask: aPrice('110'), seq: 50, suspended: true },
    ]);
    await market.engine().whenIdle();
    market.runtime.quotes.publish([
      { ...rest, bid: aPrice('99'), mid: aPrice('99'), ask: aPrice('99'), seq: 51 },
    ]);
    await market.engine().whenIdle();
    expect(await market.peaks()).toEqual([]);
    expect(await statusOf(trailing.order_id)).toBe('queued');
  });
});

describe('a limit order that was accepted by a process ahead of the engine', () => {
  it('is not triggered by a quote from before its acceptance', async () => {
    await open();
    const { order_id } = await market.place({ order_type: 'limit_buy', price: '95' });
    const [limit] = await createTriggerIndexDao(market.runtime.store).getOpen([order_id]);
    const rule = (seq: number) =>
      limitTriggerOf(limit!, {
        ...limit!.accepted_quote,
        bid: aPrice('90'),
        mid: aPrice('90'),
        ask: aPrice('90'),
        seq,
      });
    const accepted = limit!.accepted_quote.seq;
    expect(rule(accepted - 1)).toBeUndefined();
    expect(rule(accepted)).toBeUndefined();
    expect(rule(accepted + 1)).toMatchObject({ price: '95' });
  });
});

describe('a quote from the future', () => {
  it('is not tradable when it is more than two seconds ahead, however old a quote may be', () => {
    const quote = {
      asset_id: SPOT,
      bid: aPrice('1'),
      mid: aPrice('1'),
      ask: aPrice('1'),
      source: 'manual',
      seq: 1,
    } as const;
    const at = (seconds: number) => isoTime(new Date(seconds * 1_000));
    expect(isTradable({ ...quote, at: at(102) }, new Date(100_000), 900)).toBe(true);
    expect(isTradable({ ...quote, at: at(103) }, new Date(100_000), 900)).toBe(false);
  });
});

describe('the end of an order', () => {
  it('is its expiry when it is triggered at the same instant', async () => {
    await open();
    const expires_at = isoTime(new Date(market.clock.now().getTime() + 10_000));
    const { order_id } = await market.place({ order_type: 'limit_buy', price: '95', expires_at });
    market.clock.advanceSeconds(10);
    await market.price('90');
    expect(await statusOf(order_id)).toBe('expired');
    expect(await market.cash()).toEqual({ current: '900000.00', held: '0.00' });
  });

  it('comes at its expiry and not before', async () => {
    await open();
    const expires_at = isoTime(new Date(market.clock.now().getTime() + 10_000));
    const types = [
      { order_type: 'limit_buy', price: '95' },
      { order_type: 'trailing_stop', trail_amount: '5' },
    ] as const;
    const orders = [];
    for (const type of types) orders.push(await market.place({ ...type, expires_at }));
    market.clock.advanceMilliseconds(9_999);
    await market.engine().sweep();
    for (const { order_id } of orders) expect(await statusOf(order_id)).toBe('queued');
    market.clock.advanceMilliseconds(1);
    await market.engine().sweep();
    for (const { order_id } of orders) expect(await statusOf(order_id)).toBe('expired');
    expect((await market.cash()).held).toBe('0.00');
    expect((await market.units()).held).toBe('0');
    await market.price('94');
    expect((await market.units()).quantity).toBe('1000');
  });
});

describe('an order whose change fails', () => {
  it('does not block other orders, and executes later, even if the price has moved away', async () => {
    let isBroken = true;
    let brokenId = '';
    const engineStore = (store: TableStore): TableStore => ({
      ...store,
      transact: async (reads, decide) => {
        const isIts = Object.values(reads).some(({ pk }) => pk === brokenId);
        if (isIts && isBroken) throw new Error('planted');
        return store.transact(reads, decide);
      },
    });
    await open({ engineStore });
    const other = await market.place({ order_type: 'stop_loss', stop_price: '95' });
    const broken = await market.place({ order_type: 'stop_loss', stop_price: '96' });
    const trailing = await market.place({ order_type: 'trailing_stop', trail_amount: '5' });
    brokenId = broken.order_id;
    await market.price('94');
    expect([await statusOf(other.order_id), await statusOf(trailing.order_id)]).toEqual([
      'completed',
      'completed',
    ]);
    await market.price('100');
    expect(await statusOf(broken.order_id)).toBe('queued');
    isBroken = false;
    await market.price('101');
    expect(await market.order(broken.order_id)).toMatchObject({
      status: 'completed',
      executed_price: '101',
      trigger_quote: { bid: '94' },
    });
  });
});
