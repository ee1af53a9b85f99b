import { JsonNumber } from '@cnop/common/entities/fields';
import {
  orderCreateSchema,
  orderDocumentSchema,
  orderHistoryEntrySchema,
  orderStatusSchema,
  orderTypeSchema,
  orderUpdateSchema,
} from '@cnop/common/entities/order/order-document';
import { anOrderCreate, anOrderDocument } from '@cnop/testing/builders/order';
import { describe, expect, it } from 'vitest';
import {
  basisPoints,
  clientOrderId,
  describeEntityFields,
  describeField,
  nullable,
  oneOf,
  positiveDecimal,
  quote,
  required,
  text,
  withDefault,
} from '../field-cases.ts';

const type = oneOf(
  'market_buy',
  'market_sell',
  'limit_buy',
  'limit_sell',
  'stop_loss',
  'take_profit',
  'trailing_stop',
);
const status = oneOf(
  'pending',
  'confirmed',
  'queued',
  'processing',
  'completed',
  'cancelled',
  'failed',
  'expired',
);
const description = nullable(text({ min: 0, max: 500 }));
const entry = { status: 'pending', at: '2026-01-15T12:00:00.000Z', reason: null };

describe('an order', () => {
  describeEntityFields(orderDocumentSchema, anOrderDocument(), {
    order_id: required.id,
    username: required.username,
    asset_id: required.assetId,
    order_type: type,
    status: withDefault(status, 'pending'),
    quantity: positiveDecimal,
    price: nullable(positiveDecimal),
    total_amount: nullable(required.nonNegativeDecimal),
    fees: withDefault(required.nonNegativeDecimal, '0.00'),
    fee_bps: withDefault(basisPoints, 0),
    description,
    client_order_id: nullable(clientOrderId),
    price_bound: nullable(positiveDecimal),
    stop_price: nullable(positiveDecimal),
    trail_amount: nullable(positiveDecimal),
    trail_percent: nullable(positiveDecimal),
    held_amount: withDefault(required.nonNegativeDecimal, '0'),
    accepted_quote: nullable(quote),
    trigger_quote: nullable(quote),
    trigger_price: nullable(positiveDecimal),
    executed_price: nullable(positiveDecimal),
    created_at: required.timestamp,
    updated_at: required.timestamp,
    executed_at: nullable(required.timestamp),
    cancelled_at: nullable(required.timestamp),
    expires_at: nullable(required.timestamp),
    history: {
      accepts: [[[]], [[entry, entry]]],
      refuses: [null, undefined, {}, [null], [{ ...entry, at: 'now' }]],
    },
  });
});

describe('an entry of the history', () => {
  describeEntityFields(orderHistoryEntrySchema, entry, {
    status,
    at: required.timestamp,
    reason: description,
  });
});

describeField('a type of order', orderTypeSchema, type);
describeField('a status of an order', orderStatusSchema, status);

describe('a new order', () => {
  const number = (digits: string) => new JsonNumber(digits);

  it('needs an asset, a type and a quantity', () => {
    expect(orderCreateSchema.parse(anOrderCreate())).toEqual(anOrderCreate());
    const missing = orderCreateSchema.safeParse({}).error?.issues.map((issue) => issue.path[0]);
    expect(missing).toEqual(['asset_id', 'order_type', 'quantity']);
  });

  it.each([
    ['quantity', '0.5', '0.5'],
    ['quantity', number('0.50'), '0.50'],
    ['quantity', number('123456789012345.123456789012345678'), '123456789012345.123456789012345678'],
    ['price', number('100'), '100'],
    ['price', null, null],
    ['quantity', 'max', 'max'],
    ['price_bound', number('50000.5'), '50000.5'],
    ['stop_price', '0.01', '0.01'],
    ['trail_amount', '500', '500'],
    ['trail_percent', number('99.99'), '99.99'],
    ['trail_percent', null, null],
    ['expires_at', '2026-02-01T10:00:00+02:00', '2026-02-01T08:00:00.000Z'],
    ['expires_at', '2026-02-01T10:00:00Z', '2026-02-01T10:00:00.000Z'],
    ['expires_at', null, null],
    ['client_order_id', 'my-order:1', 'my-order:1'],
    ['client_order_id', null, null],
    ['asset_id', 'eth', 'ETH'],
    ['description', 'a note', 'a note'],
    ['description', null, null],
  ])('reads %s %o as %o', (field, given, expected) => {
    expect(orderCreateSchema.parse({ ...anOrderCreate(), [field]: given })).toMatchObject({
      [field]: expected,
    });
  });

  it.each([
    ['quantity', 0.5],
    ['quantity', number('1e5')],
    ['quantity', number('-0')],
    ['quantity', number('0')],
    ['quantity', number('-1')],
    ['quantity', '1'.repeat(40)],
    ['quantity', '0.1234567890123456789'],
    ['quantity', true],
    ['quantity', null],
    ['quantity', 'MAX'],
    ['quantity', 'all'],
    ['price_bound', '0'],
    ['stop_price', '-1'],
    ['trail_amount', number('0')],
    ['trail_percent', '0.00'],
    ['trail_percent', 'NaN'],
    ['expires_at', '2026-02-01'],
    ['expires_at', '2026-02-01T10:00:00'],
    ['expires_at', '2026-02-30T10:00:00Z'],
    ['expires_at', 'tomorrow'],
    ['expires_at', 1],
    ['client_order_id', ''],
    ['client_order_id', 'x'.repeat(65)],
    ['client_order_id', 'a b'],
    ['client_order_id', 'a#b'],
    ['price', number('0')],
    ['price', number('-5')],
    ['price', ''],
    ['order_type', 'MARKET_BUY'],
    ['order_type', 'market'],
    ['asset_id', 'BTC!'],
    ['asset_id', 'ABCDEFGHIJK'],
    ['description', 'x'.repeat(501)],
    ['description', 'a\0b'],
  ])('refuses %s %o', (field, value) => {
    const parsed = orderCreateSchema.safeParse({ ...anOrderCreate(), [field]: value });
    expect([...new Set(parsed.error?.issues.map((issue) => issue.path[0]))]).toEqual([field]);
  });

  it.each([
    ['1e5', 'invalid_decimal'],
    ['MAX', 'invalid_decimal'],
    ['0', 'too_small'],
    ['0.1234567890123456789', 'too_precise'],
  ])('says of a quantity of %s that it is %s', (quantity, code) => {
    const parsed = orderCreateSchema.safeParse({ ...anOrderCreate(), quantity });
    expect(parsed.error?.issues).toMatchObject([{ code: 'custom', params: { code } }]);
  });

  it.each([
    'username',
    'status',
    'total_amount',
    'fees',
    'fee_bps',
    'held_amount',
    'accepted_quote',
    'order_id',
    'constructor',
    'prototype',
    'Quantity',
    '',
  ])('refuses the unknown field "%s" instead of dropping it', (field) => {
    const parsed = orderCreateSchema.safeParse({ ...anOrderCreate(), [field]: 'x' });
    expect(parsed.error?.issues).toMatchObject([{ code: 'unrecognized_keys', keys: [field] }]);
  });

  it('refuses a field called __proto__', () => {
    const hostile: unknown = JSON.parse(
      '{"__proto__": {"order_type": "market_buy"}, "asset_id": "BTC", "quantity": "1"}',
    );
    const parsed = orderCreateSchema.safeParse(hostile);
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues.map((issue) => issue.path[0])).toContain('order_type');
    const complete: unknown = JSON.parse(
      '{"__proto__": {"polluted": true}, "asset_id": "BTC", "order_type": "market_buy", "quantity": "1"}',
    );
    expect(orderCreateSchema.safeParse(complete).success).toBe(false);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});

describe('an update of an order', () => {
  it('changes the note, and neither status nor funds', () => {
    const changes = { description: 'a note' };
    expect(orderUpdateSchema.parse({ ...changes, status: 'completed', quantity: '2' })).toEqual(changes);
  });
});
