import { afterEach, describe, expect, it } from 'vitest';
import type { Market, MarketOptions } from './market.ts';
import { openMarket } from './market.ts';

let market: Market;
afterEach(() => market.dispose());
const open = async (options?: MarketOptions): Promise<void> => {
  market = await openMarket(options);
};
const statusOf = async (orderId: string) => (await market.order(orderId)).status;

describe('an asset', () => {
  it('that is suspended keeps its orders, and those triggered meanwhile execute when trading resumes', async () => {
    await open();
    const stop = await market.place({ order_type: 'stop_loss', stop_price: '95' });
    const trailing = await market.place({ order_type: 'trailing_stop', trail_amount: '7' });
    const limit = await market.place({ order_type: 'limit_buy', price: '95' });
    await market.change({ status: 'suspended' });
    await market.engine().sweep();
    await market.price('110');
    await market.price('94');
    await market.price('100');
    const all = [stop, trailing, limit];
    for (const { order_id } of all) expect(await statusOf(order_id)).toBe('queued');
    await market.change({ status: 'active' });
    await market.engine().sweep();
    await market.price('101');
    expect(await market.order(stop.order_id)).toMatchObject({ status: 'completed', executed_price: '101' });
    expect(await market.order(trailing.order_id)).toMatchObject({
      status: 'completed',
      trigger_price: '103',
    });
    expect(await statusOf(limit.order_id)).toBe('queued');
  });

  const placeAll = async () => [
    await market.place({ order_type: 'limit_buy', price: '95' }),
    await market.place({ order_type: 'limit_sell', price: '105' }),
    await market.place({ order_type: 'stop_loss', stop_price: '94' }),
    await market.place({ order_type: 'trailing_stop', trail_amount: '6' }),
  ];

  it('that is delisted has its orders cancelled with a reason', async () => {
    await open();
    const orders = await placeAll();
    await market.change({ status: 'delisted' });
    await market.engine().sweep();
    for (const { order_id } of orders) {
      const order = await market.order(order_id);
      expect(order).toMatchObject({ status: 'cancelled', held_amount: '0' });
      expect(order.history.at(-1)?.reason).toContain('delisted');
    }
    expect((await market.cash()).held).toBe('0.00');
    expect((await market.units()).held).toBe('0');
  });

  it('that can only be sold executes sales and no buy, and has its open buys cancelled', async () => {
    await open();
    const [buy, ...sales] = await placeAll();
    await market.change({ status: 'close_only' });
    market.deps.catalogue.invalidate();
    await market.price('94');
    expect(await statusOf(buy!.order_id)).not.toBe('completed');
    await market.engine().sweep();
    expect(await market.order(buy!.order_id)).toMatchObject({ status: 'cancelled', held_amount: '0' });
    await market.price('105');
    for (const { order_id } of sales) expect(await statusOf(order_id)).toBe('completed');
  });

  it('that is cancel-only executes nothing and keeps its orders, which can be cancelled', async () => {
    await open();
    const orders = await placeAll();
    await market.change({ status: 'cancel_only' });
    market.deps.catalogue.invalidate();
    await market.price('94', '105');
    await market.engine().sweep();
    for (const { order_id } of orders) expect(await statusOf(order_id)).toBe('queued');
    for (const { order_id } of orders) await market.cancel(order_id);
    for (const { order_id } of orders) expect(await statusOf(order_id)).toBe('cancelled');
    expect((await market.units()).held).toBe('0');
  });
});
