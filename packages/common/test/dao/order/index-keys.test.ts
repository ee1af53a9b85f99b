import { expiryKeyOf, triggerKeyOf } from '@cnop/common/dao/order/order-dao';
import { EXPIRY_SHARDS, expiryPartition } from '@cnop/common/database/keys';
import type { Order, OrderStatus } from '@cnop/common/entities/order/order';
import { orderStatusSchema, orderTypeSchema } from '@cnop/common/entities/order/order';
import { anOrder } from '@cnop/testing/builders/order';
import { describe, expect, it } from 'vitest';

const EXPIRES_AT = '2026-02-14T12:00:00.000Z';
const QUOTE = {
  asset_id: 'BTC',
  bid: '49999',
  ask: '50001',
  mid: '50000',
  at: '2026-01-15T12:00:00.000Z',
  source: 'manual',
  seq: 4_711,
} as const;

const openOrder = (overrides: Partial<Order>): Order =>
  anOrder({
    status: 'queued',
    price: null,
    total_amount: null,
    expires_at: EXPIRES_AT,
    accepted_quote: QUOTE,
    ...overrides,
  });

describe('the key of an open order in the trigger index', () => {
  it.each([
    ['limit_buy', { price: '45000.5' }, 'BTC#ASK_LE', '000000000045000.500000000000000000'],
    ['limit_sell', { price: '55000' }, 'BTC#BID_GE', '000000000055000.000000000000000000'],
    ['stop_loss', { stop_price: '0.000000000000000001' }, 'BTC#BID_LE', '000000000000000.000000000000000001'],
    ['take_profit', { stop_price: '999999999999999' }, 'BTC#BID_GE', '999999999999999.000000000000000000'],
    ['trailing_stop', { trail_amount: '500' }, 'BTC#TRAIL', '0000000000004711'],
  ] as const)('of a %s has its trigger price', (order_type, terms, pk, sortable) => {
    const order = openOrder({ order_type, ...terms });
    expect(triggerKeyOf(order)).toEqual({ pk, sk: `${sortable}#${order.order_id}` });
  });

  it('exists for every type that can be open, and only while the order is open', () => {
    const terms = { price: '1', stop_price: '1', trail_amount: '1' };
    for (const order_type of orderTypeSchema.options) {
      for (const status of orderStatusSchema.options) {
        const isMarket = order_type.startsWith('market');
        const key = triggerKeyOf(openOrder({ order_type, status, ...terms }));
        expect(key !== undefined, `${order_type} ${status}`).toBe(status === 'queued' && !isMarket);
      }
    }
  });
});

describe('the key of an open order in the expiry index', () => {
  it('is the time of expiry, in one of a few partitions', () => {
    const partitions = new Set<string>();
    for (let i = 0; i < 64; i += 1) {
      const order = openOrder({ order_type: 'limit_buy', price: '1', order_id: `order-${i.toString(16)}` });
      const key = expiryKeyOf(order);
      expect(key?.sk).toBe(`${EXPIRES_AT}#${order.order_id}`);
      partitions.add(key?.pk ?? '');
    }
    const all = Array.from({ length: EXPIRY_SHARDS }, (_, shard) => expiryPartition(shard));
    expect([...partitions].toSorted()).toEqual(all.toSorted());
  });

  it.each(orderStatusSchema.options.filter((status) => status !== 'queued'))(
    'does not exist once the order is %s',
    (status: OrderStatus) => {
      expect(expiryKeyOf(openOrder({ status, order_type: 'limit_buy', price: '1' }))).toBeUndefined();
    },
  );

  it('does not exist for an order that never expires', () => {
    expect(expiryKeyOf(openOrder({ expires_at: null }))).toBeUndefined();
  });
});
