import { JsonNumber } from '@cnop/common/core/json-number';
import {
  orderCreateSchema,
  orderHistoryEntrySchema,
  orderSchema,
  orderStatusSchema,
  orderTypeSchema,
  orderUpdateSchema,
} from '@cnop/common/entities/order/order';
import { anOrder, anOrderCreate } from '@cnop/testing/builders/order';
import { describe, expect, it } from 'vitest';
import {
  describeEntityFields,
  describeField,
  nullable,
  oneOf,
  positiveDecimal,
  required,
  text,
  withDefault,
} from './field-cases.ts';

const type = oneOf('market_buy', 'market_sell', 'limit_buy', 'limit_sell');
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
  describeEntityFields(orderSchema, anOrder(), {
    order_id: required.id,
    username: required.username,
    asset_id: required.assetId,
    order_type: type,
    status: withDefault(status, 'pending'),
    quantity: positiveDecimal,
    price: positiveDecimal,
    total_amount: positiveDecimal,
    fees: withDefault(required.nonNegativeDecimal, '0.00'),
    description,
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

describe('a step of the history', () => {
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
    expect(parsed.error?.issues.map((issue) => issue.path[0])).toEqual([field]);
  });

  it.each([
    'username',
    'status',
    'total_amount',
    'fees',
    'order_id',
    'constructor',
    'prototype',
    'Quantity',
    '',
  ])('refuses the unknown field "%s" instead of dropping it', (field) => {
    const parsed = orderCreateSchema.safeParse({ ...anOrderCreate(), [field]: 'x' });
    expect(parsed.error?.issues).toMatchObject([{ code: 'unrecognized_keys', keys: [field] }]);
  });

  it('is not fooled by a field called __proto__', () => {
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
  it('may name any of what may change, and nothing else gets through', () => {
    expect(orderUpdateSchema.parse({})).toEqual({});
    const changes = { status: 'completed', executed_at: '2026-01-15T12:00:00.000Z' };
    expect(orderUpdateSchema.parse({ ...changes, quantity: '2', username: 'mallory' })).toEqual(changes);
  });
});
