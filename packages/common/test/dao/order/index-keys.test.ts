import { expiryKeyOf, orderRecord, triggerKeyOf } from '@cnop/common/dao/order/order-dao';
import { EXPIRY_SHARDS, expiryPartition } from '@cnop/common/database/tables';
import type { OpenOrder } from '@cnop/common/entities/order/order';
import { orderOf } from '@cnop/common/entities/order/order-codec';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { orderStatusSchema, orderTypeSchema } from '@cnop/common/entities/order/order-document';
import { anAssetId, anOrderId, aPrice, aTime } from '@cnop/testing/builders/brands';
import { anOrder, anOrderDocument } from '@cnop/testing/builders/order';
import { describe, expect, it } from 'vitest';

const EXPIRES_AT = aTime('2026-02-14T12:00:00.000Z');
const QUOTE = {
  asset_id: anAssetId('BTC'),
  bid: aPrice('49999'),
  ask: aPrice('50001'),
  mid: aPrice('50000'),
  at: aTime('2026-01-15T12:00:00.000Z'),
  source: 'manual',
  seq: 4_711,
} as const;

const openOrder = (overrides: Partial<OrderDocument>): OpenOrder =>
  anOrder('queued', { expires_at: EXPIRES_AT, accepted_quote: QUOTE, ...overrides });

describe('the key of an open order in the trigger index', () => {
  it.each([
    ['limit_buy', { price: aPrice('45000.5') }, 'BTC#ASK_LE', '000000000045000.500000000000000000'],
    ['limit_sell', { price: aPrice('55000') }, 'BTC#BID_GE', '000000000055000.000000000000000000'],
    [
      'stop_loss',
      { stop_price: aPrice('0.000000000000000001') },
      'BTC#BID_LE',
      '000000000000000.000000000000000001',
    ],
    [
      'take_profit',
      { stop_price: aPrice('999999999999999') },
      'BTC#BID_GE',
      '999999999999999.000000000000000000',
    ],
    ['trailing_stop', { trail_amount: aPrice('500') }, 'BTC#TRAIL', '0000000000004711'],
  ] as const)('of a %s has its trigger price', (order_type, terms, pk, sortable) => {
    const order = openOrder({ order_type, ...terms });
    expect(triggerKeyOf(order)).toEqual({ pk, sk: `${sortable}#${order.order_id}` });
  });

  it.each(['stop_loss', 'take_profit', 'trailing_stop'] as const)(
    'of a triggered %s that is open at its bound has the bound',
    (order_type) => {
      const triggered = {
        trigger_quote: QUOTE,
        trigger_price: aPrice('45000'),
        price_bound: aPrice('49000'),
      };
      const order = openOrder({ order_type, ...triggered });
      const sk = `000000000049000.000000000000000000#${order.order_id}`;
      expect(triggerKeyOf(order)).toEqual({ pk: 'BTC#BID_GE', sk });
    },
  );
});

describe('the key of an open order in the expiry index', () => {
  it('is the time of expiry, in one of a few partitions', () => {
    const partitions = new Set<string>();
    for (let i = 0; i < 64; i += 1) {
      const order = openOrder({
        order_type: 'limit_buy',
        price: aPrice('1'),
        order_id: anOrderId(`order-${i.toString(16)}`),
      });
      const key = expiryKeyOf(order);
      expect(key.sk).toBe(`${EXPIRES_AT}#${order.order_id}`);
      partitions.add(key.pk);
    }
    const all = Array.from({ length: EXPIRY_SHARDS }, (_, shard) => expiryPartition(shard));
    expect([...partitions].toSorted()).toEqual(all.toSorted());
  });
});

describe('the index entries of an order', () => {
  it('are in the list of its user always, and in the indexes of open orders only while it is open', () => {
    const open = ['OrderExpiryIndex', 'TriggerIndex', 'UserOrdersIndex'];
    for (const order_type of orderTypeSchema.options) {
      for (const status of orderStatusSchema.options) {
        const isMarket = order_type.startsWith('market');
        if (isMarket && (status === 'queued' || status === 'expired')) continue;
        const write = orderRecord.create(orderOf(anOrderDocument({ order_type, status })));
        const indexes = write.kind === 'delete' ? {} : (write.indexes ?? {});
        const expected = status === 'queued' ? open : ['UserOrdersIndex'];
        expect(Object.keys(indexes).toSorted(), `${order_type} ${status}`).toEqual(expected);
      }
    }
  });
});
