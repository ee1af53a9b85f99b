import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { startOrderService } from '../order-service-under-test.ts';
import type { OrderAnswer } from '../trader.ts';
import { createTrader } from '../trader.ts';

let service: OrderServiceUnderTest;
beforeEach(async () => {
  service = await startOrderService();
});
afterEach(() => service.dispose());

const MARKET_BUY = { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.001' };
const LIMIT_BUY = { asset_id: 'BTC', order_type: 'limit_buy', quantity: '0.001', price: '40000' };

async function place(order: object) {
  const trader = await createTrader(service, '1000');
  const placed = (await trader.place(order)).json<OrderAnswer>().data;
  const read = async (query = ''): Promise<OrderDocument> =>
    (await trader.get(`/orders/${placed.order_id}${query}`)).json<OrderAnswer>().data;
  return { trader, placed, read };
}

/** Counts the reads of orders in the store from now on. */
const countReads = () => {
  const get = vi.spyOn(service.runtime.store, 'get');
  return () => get.mock.calls.filter(([key]) => key.table === 'orders').length;
};

describe('an order that cannot change any more', () => {
  it('is read from the store once, and belongs to its user alone', async () => {
    const { trader, placed, read } = await place(LIMIT_BUY);
    await trader.cancel(placed.order_id);
    const cancelled = await read();
    expect(cancelled.status).toBe('cancelled');
    const reads = countReads();
    expect(await read()).toEqual(cancelled);
    expect(await read('?seen=99')).toEqual(cancelled);
    expect(reads()).toBe(0);
    const other = await createTrader(service, '1');
    expect((await other.get(`/orders/${placed.order_id}`)).statusCode).toBe(404);
  });
});

describe('a filled order, which may be refunded', () => {
  it('comes from memory for a client that says what it has seen', async () => {
    const { placed, read } = await place(MARKET_BUY);
    const reads = countReads();
    expect(await read('?seen=1')).toEqual(placed);
    expect(await read('?seen=1')).toEqual(placed);
    expect(reads()).toBe(1);
  });
});

describe('an open order', () => {
  it('is read from the store for a client that does not say what it has seen', async () => {
    const { placed, read } = await place(LIMIT_BUY);
    const reads = countReads();
    await read('?seen=1');
    expect(await read()).toEqual(placed);
    expect(reads()).toBe(2);
  });

  it('comes from memory until an event of its user', async () => {
    const { trader, placed, read } = await place(LIMIT_BUY);
    const reads = countReads();
    await read('?seen=1');
    expect(await read('?seen=1')).toEqual(placed);
    expect(reads()).toBe(1);
    await trader.cancel(placed.order_id);
    expect(await read('?seen=1')).toMatchObject({ status: 'cancelled' });
  });

  it('includes an event that its client has seen, although the message about it was lost', async () => {
    const { trader, placed, read } = await place(LIMIT_BUY);
    await read('?seen=1');
    await service.runtime.bus.close();
    await trader.cancel(placed.order_id);
    expect(await read('?seen=1')).toMatchObject({ status: 'queued' });
    expect(await read('?seen=2')).toMatchObject({ status: 'cancelled' });
  });
});
