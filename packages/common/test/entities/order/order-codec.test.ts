import type { Order } from '@cnop/common/entities/order/order';
import { documentOf, orderOf } from '@cnop/common/entities/order/order-codec';
import type { OrderDocument, OrderStatus, OrderType } from '@cnop/common/entities/order/order-document';
import {
  orderDocumentSchema,
  orderStatusSchema,
  orderTypeSchema,
  withoutDefaults,
} from '@cnop/common/entities/order/order-document';
import { InternalError } from '@cnop/exception/errors';
import {
  aClientOrderId,
  anAssetId,
  anOrderId,
  aPrice,
  aQuantity,
  aTime,
  aTransactionId,
  aUsd,
  aUsername,
} from '@cnop/testing/builders/brands';
import { anOrderDocument } from '@cnop/testing/builders/order';
import { amountsOfCash, prices, quantities } from '@cnop/testing/trade-arithmetic';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTime } from '../../../src/core/brands.ts';

const AT = aTime('2026-01-15T12:00:00.000Z');
const BTC = anAssetId('BTC');
const times = fc.integer({ min: 0, max: 10 ** 9 }).map((ms) => isoTime(new Date(Date.parse(AT) + ms)));
const text = fc.option(fc.string({ maxLength: 20 }));
const quotes = fc.record({
  asset_id: fc.constant(BTC),
  bid: prices,
  ask: prices,
  mid: prices,
  at: times,
  source: fc.constant('manual' as const),
  seq: fc.nat(),
});
const core = fc.record({
  order_id: fc.constantFrom(anOrderId('order-1'), anOrderId('order-2')),
  username: fc.constantFrom(aUsername('alice'), aUsername('bob')),
  asset_id: fc.constant(BTC),
  quantity: quantities,
  fee_bps: fc.nat({ max: 100 }),
  description: text,
  client_order_id: fc.option(fc.constant(aClientOrderId('mine'))),
  created_at: times,
  updated_at: times,
  history: fc.array(
    fc.record({ status: fc.constantFrom(...orderStatusSchema.options), at: times, reason: text }),
  ),
});
const triggers = fc.record({ quote: quotes, price: prices });
const fills = fc.record({ price: prices, total: amountsOfCash, fees: amountsOfCash, at: times });
const price_bound = fc.option(prices);
const is = <const T>(value: T) => fc.constant(value);

const never = { accepted_quote: is(null), trigger: is(null) };
const neverOpen = fc.oneof(
  fc.record({ ...never, status: is('pending') }),
  fc.record({ ...never, status: is('confirmed') }),
  fc.record({ ...never, status: is('failed') }),
  fc.record({ ...never, status: is('cancelled'), cancelled_at: times }),
);
const filledAtOnce = fc.oneof(
  fc.record({ ...never, status: is('processing') }),
  fc.record({ ...never, status: is('completed'), fill: fills }),
);
const triggered = { accepted_quote: quotes, trigger: triggers };
const filledLater = fc.oneof(
  fc.record({ ...triggered, status: is('processing') }),
  fc.record({ ...triggered, status: is('completed'), fill: fills }),
);
const [cash, units] = [fc.record({ cash: amountsOfCash }), fc.record({ units: quantities })];
const total = { accepted_quote: quotes, total_at_limit: amountsOfCash };
const untriggered = { trigger: is(null) };

const markets = fc
  .tuple(core, fc.record({ order_type: fc.constantFrom('market_buy', 'market_sell'), price_bound }))
  .chain(([common, conditions]) =>
    fc.oneof(neverOpen, filledAtOnce).map((state): Order => ({ ...common, ...conditions, ...state })),
  );

const limits = (order_type: 'limit_buy' | 'limit_sell') => {
  const open = fc.oneof(
    fc.record({
      ...total,
      ...untriggered,
      status: is('queued'),
      hold: order_type === 'limit_buy' ? cash : units,
    }),
    fc.record({ ...total, ...untriggered, status: is('cancelled'), cancelled_at: times }),
    fc.record({ ...total, ...untriggered, status: is('expired') }),
    fc.record({ ...total, trigger: fc.option(triggers), status: is('failed') }),
  );
  const states = fc.oneof(neverOpen, filledAtOnce, filledLater, open);
  return fc
    .tuple(core, fc.record({ limit: prices, expires_at: times }), states)
    .map(([common, conditions, state]): Order => ({ ...common, order_type, ...conditions, ...state }));
};

const bounds = fc.oneof(
  fc.record({ trigger: is(null), price_bound }),
  fc.record({ trigger: triggers, price_bound: prices }),
);
const accepted = { accepted_quote: quotes };
const stopConditions = fc.oneof(
  fc.record({
    order_type: fc.constantFrom('stop_loss', 'take_profit'),
    stop_price: prices,
    expires_at: times,
  }),
  fc.record({
    order_type: is('trailing_stop'),
    trail: fc.oneof(fc.record({ amount: prices }), fc.record({ percent: prices })),
    expires_at: times,
  }),
);
const stops = fc.oneof(
  fc.tuple(core, stopConditions, price_bound, fc.oneof(neverOpen, filledLater)).map(
    ([common, conditions, bound, state]): Order => ({
      ...common,
      ...conditions,
      price_bound: bound,
      ...state,
    }),
  ),
  fc.tuple(core, stopConditions, price_bound, fc.record({ ...triggered, status: is('failed') })).map(
    ([common, conditions, bound, state]): Order => ({
      ...common,
      ...conditions,
      price_bound: bound,
      ...state,
    }),
  ),
  fc
    .tuple(
      core,
      stopConditions,
      bounds,
      fc.oneof(
        fc.record({ ...accepted, status: is('queued'), hold: units }),
        fc.record({ ...accepted, status: is('cancelled'), cancelled_at: times }),
        fc.record({ ...accepted, status: is('expired') }),
      ),
    )
    .map(([common, conditions, bound, state]): Order => ({ ...common, ...conditions, ...bound, ...state })),
);
const orders: fc.Arbitrary<Order> = fc.oneof(markets, limits('limit_buy'), limits('limit_sell'), stops);

const isPossible = (order_type: OrderType, status: OrderStatus): boolean =>
  !order_type.startsWith('market') || (status !== 'queued' && status !== 'expired');
const combinations = orderTypeSchema.options.flatMap((order_type) =>
  orderStatusSchema.options
    .filter((status) => isPossible(order_type, status))
    .map((status) => ({ order_type, status })),
);

const REFUND = {
  refund_id: aTransactionId('r1'),
  refunded_at: aTime('2026-01-16T12:00:00.000Z'),
  quantity: aQuantity('0.5'),
  total_amount: aUsd('10.00'),
  fees: aUsd('0.10'),
  reason: 'a wrong price',
};

describe('an order and its document', () => {
  it('convert into each other, for every type and status', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(orders, (order) => {
        const document = documentOf(order);
        expect(orderDocumentSchema.parse(document)).toEqual(document);
        expect(orderOf(document)).toEqual(order);
        expect(documentOf(orderOf(document))).toEqual(document);
        const short = JSON.stringify(withoutDefaults(document));
        expect(orderDocumentSchema.parse(JSON.parse(short))).toEqual(document);
        const stored = Object.entries(document).filter(([, value]) => value !== null);
        expect(orderDocumentSchema.parse(Object.fromEntries(stored))).toEqual(document);
        seen.add(`${order.order_type} ${order.status}`);
      }),
      { numRuns: 3_000 },
    );
    expect([...seen].toSorted()).toEqual(
      combinations.map(({ order_type, status }) => `${order_type} ${status}`).toSorted(),
    );
  });

  it('have the members of a document in the order in which they are stored', () => {
    const refunded = anOrderDocument({ status: 'completed', refund: REFUND });
    const names = Object.keys(documentOf(orderOf(refunded)));
    expect(names).toEqual(Object.keys(orderDocumentSchema.shape));
  });

  it('convert into each other with a refund', () => {
    const refunded = anOrderDocument({ status: 'completed', refund: REFUND });
    expect(documentOf(orderOf(refunded))).toEqual(refunded);
    const short = JSON.stringify(withoutDefaults(refunded));
    expect(orderDocumentSchema.parse(JSON.parse(short))).toEqual(refunded);
  });

  it('of an earlier version, which has no price of its fill, has that of the order', () => {
    const document = anOrderDocument({ status: 'completed' });
    expect(orderOf({ ...document, executed_price: null })).toEqual(orderOf(document));
  });
});

/** Values that fit the schema, for the members that only some orders have. */
const SOME: Partial<OrderDocument> = {
  price: aPrice('1.5'),
  total_amount: aUsd('1.50'),
  price_bound: aPrice('1.5'),
  stop_price: aPrice('1.5'),
  trail_amount: aPrice('1.5'),
  trail_percent: '1.5',
  accepted_quote: {
    asset_id: BTC,
    bid: aPrice('1'),
    ask: aPrice('1'),
    mid: aPrice('1'),
    at: AT,
    source: 'manual',
    seq: 1,
  },
  trigger_quote: {
    asset_id: BTC,
    bid: aPrice('1'),
    ask: aPrice('1'),
    mid: aPrice('1'),
    at: AT,
    source: 'manual',
    seq: 1,
  },
  trigger_price: aPrice('1.5'),
  executed_price: aPrice('1.5'),
  executed_at: AT,
  cancelled_at: AT,
  expires_at: AT,
};

/** Returns whether an order may have a member or not, with everything else unchanged. */
function isOptional(name: string, { order_type, status, accepted_quote }: OrderDocument): boolean {
  const isStop = !order_type.startsWith('market') && !order_type.startsWith('limit');
  if (name === 'price_bound') return !order_type.startsWith('limit');
  // Earlier versions had no price of the fill.
  if (name === 'executed_price') return status === 'completed';
  // Ended before it was ever open.
  if (name === 'accepted_quote')
    return isStop && (status === 'cancelled' || status === 'failed' || !accepted_quote);
  return false;
}

/** Returns the reason, which is logged and never sent. */
function refusalOf(document: OrderDocument): string {
  try {
    orderOf(document);
    return 'none';
  } catch (error) {
    return error instanceof InternalError && error.cause instanceof Error ? error.cause.message : 'unknown';
  }
}

describe('a document that no order has', () => {
  const changes = combinations.flatMap((combination) =>
    Object.keys(SOME).map((name) => ({ ...combination, name: name as keyof typeof SOME })),
  );

  it('is refused: one member more or less', () => {
    for (const { order_type, status, name } of changes) {
      const document = anOrderDocument({ order_type, status });
      if (isOptional(name, document)) continue;
      const changed = { ...document, [name]: document[name] === null ? SOME[name] : null };
      expect(() => orderOf(changed), `${order_type} ${status} ${name}`).toThrow(InternalError);
    }
  });

  it.each<[string, Partial<OrderDocument>, string]>([
    ['an open market order', { order_type: 'market_buy', status: 'queued' }, 'a member is missing'],
    [
      'a final order with a hold',
      { order_type: 'limit_buy', status: 'cancelled', held_amount: '1.00' },
      'held_amount does not fit',
    ],
    [
      'fees without a fill',
      { order_type: 'stop_loss', status: 'queued', fees: aUsd('1.00') },
      'fees does not fit',
    ],
    [
      'two trails',
      { order_type: 'trailing_stop', status: 'queued', trail_amount: aPrice('5'), trail_percent: '5' },
      'trail_percent does not fit',
    ],
    [
      'a triggered stop that is open without a bound',
      {
        order_type: 'stop_loss',
        status: 'queued',
        trigger_quote: SOME.trigger_quote!,
        trigger_price: aPrice('1'),
      },
      'trigger_quote does not fit',
    ],
    [
      'a stop filled without a trigger',
      { order_type: 'stop_loss', status: 'completed', trigger_quote: null, trigger_price: null },
      'a member is missing',
    ],
  ])('is refused with a reason: %s', (_what, members, reason) => {
    const document = { ...anOrderDocument(members), ...members };
    expect(refusalOf(document)).toContain(reason);
  });
});
