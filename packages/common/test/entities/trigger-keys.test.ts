import { decimal } from '@cnop/common/core/money';
import { sortableSeq } from '@cnop/common/core/sortable-seq';
import type { Order, OrderStatus } from '@cnop/common/entities/order/order';
import { orderStatusSchema, orderTypeSchema } from '@cnop/common/entities/order/order';
import {
  EXPIRY_SHARDS,
  expiryKeyOf,
  expiryPartition,
  sortablePrice,
  triggerKeyOf,
  triggerPartition,
} from '@cnop/common/entities/order/trigger-keys';
import { anOrder } from '@cnop/testing/builders/order';
import fc from 'fast-check';
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

const waiting = (overrides: Partial<Order>): Order =>
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
  ] as const)('of a %s is by what fires it', (order_type, terms, pk, sortable) => {
    const order = waiting({ order_type, ...terms });
    expect(triggerKeyOf(order)).toEqual({ pk, sk: `${sortable}#${order.order_id}` });
  });

  it('is there for every type that can wait, and while it waits only', () => {
    const terms = { price: '1', stop_price: '1', trail_amount: '1' };
    for (const order_type of orderTypeSchema.options) {
      for (const status of orderStatusSchema.options) {
        const isMarket = order_type.startsWith('market');
        const place = triggerKeyOf(waiting({ order_type, status, ...terms }));
        expect(place !== undefined, `${order_type} ${status}`).toBe(status === 'queued' && !isMarket);
      }
    }
  });

  it('is named by the asset and the kind of trigger', () => {
    expect(triggerPartition('ETH', 'TRAIL')).toBe('ETH#TRAIL');
  });
});

describe('the place of a waiting order among those that expire', () => {
  it('is by the moment, in one of a few partitions', () => {
    const partitions = new Set<string>();
    for (let i = 0; i < 64; i += 1) {
      const order = waiting({ order_type: 'limit_buy', price: '1', order_id: `order-${i.toString(16)}` });
      const place = expiryKeyOf(order);
      expect(place?.sk).toBe(`${EXPIRES_AT}#${order.order_id}`);
      partitions.add(place?.pk ?? '');
    }
    const all = Array.from({ length: EXPIRY_SHARDS }, (_, shard) => expiryPartition(shard));
    expect([...partitions].toSorted()).toEqual(all.toSorted());
  });

  it.each(orderStatusSchema.options.filter((status) => status !== 'queued'))(
    'does not exist once it is %s',
    (status: OrderStatus) => {
      expect(expiryKeyOf(waiting({ status, order_type: 'limit_buy', price: '1' }))).toBeUndefined();
    },
  );

  it('does not exist for an order that never expires', () => {
    expect(expiryKeyOf(waiting({ expires_at: null }))).toBeUndefined();
  });
});

describe('sortable texts', () => {
  const prices = fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 33n - 1n }), fc.nat({ max: 18 }))
    .map(([units, dropped]) => {
      const text = units.toString().padStart(34, '0');
      return decimal(`${text.slice(0, -18)}.${text.slice(-18).slice(0, 18 - dropped) || '0'}`).toFixed();
    })
    .filter((price) => price.split('.')[0]?.length !== undefined && (price.split('.')[0] ?? '').length <= 15);

  it('of prices sort as the prices do', () => {
    fc.assert(
      fc.property(prices, prices, (a, b) => {
        const byText = sortablePrice(a) < sortablePrice(b) ? -1 : Number(sortablePrice(a) > sortablePrice(b));
        expect(byText).toBe(decimal(a).cmp(decimal(b)));
        expect(sortablePrice(a)).toHaveLength(34);
      }),
      { numRuns: 1_000 },
    );
  });

  it('of one price are the same however it is written', () => {
    expect(sortablePrice('1.50')).toBe(sortablePrice('1.5'));
    expect(sortablePrice('7.000')).toBe(sortablePrice('7'));
  });

  it('of sequence numbers sort as the numbers do', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
        expect(sortableSeq(a) < sortableSeq(b)).toBe(a < b);
        expect(sortableSeq(a)).toHaveLength(16);
      }),
    );
  });
});
