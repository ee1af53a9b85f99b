import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { anOrderDocument } from '@cnop/testing/builders/order';
import { expect, it } from 'vitest';
import { orderOutcomes } from '../../../src/analytics/domain/order-outcomes.ts';

const PLACED = '2026-01-15T12:00:00.000Z';
const after = (seconds: number): string => new Date(Date.parse(PLACED) + seconds * 1_000).toISOString();
const market = anOrderDocument({
  order_type: 'market_buy',
  status: 'completed',
  created_at: PLACED,
  executed_at: PLACED,
});
const limit = (status: OrderDocument['status'], seconds?: number): OrderDocument =>
  anOrderDocument({
    order_type: 'limit_buy',
    status,
    created_at: PLACED,
    expires_at: after(86_400),
    executed_at: seconds === undefined ? null : after(seconds),
  });

it('orders are counted by type and outcome, and open ones do not lower the fill rate', () => {
  const orders = [market, limit('completed', 10), limit('cancelled'), limit('expired'), limit('queued')];
  expect(orderOutcomes(orders)).toMatchObject({
    placed: 5,
    filled: 2,
    fill_rate: '0.5',
    by_type: [
      { order_type: 'limit_buy', placed: 4, filled: 1, cancelled: 1, expired: 1, failed: 0, open: 1 },
      { order_type: 'market_buy', placed: 1, filled: 1, open: 0 },
    ],
  });
});

it('the time to fill is that of orders that were open', () => {
  const filled = [30, 10, 0.5, 100].map((seconds) => limit('completed', seconds));
  expect(orderOutcomes([market, ...filled]).time_to_fill).toEqual({
    orders: 4,
    average_seconds: 35,
    median_seconds: 10,
    longest_seconds: 100,
  });
  expect(orderOutcomes([market]).time_to_fill).toEqual({
    orders: 0,
    average_seconds: null,
    median_seconds: null,
    longest_seconds: null,
  });
});

it('nothing has no fill rate', () => {
  expect(orderOutcomes([])).toMatchObject({ placed: 0, filled: 0, fill_rate: null, by_type: [] });
});
