import type { Price } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { OrderCreate } from '@cnop/common/entities/order/order-document';
import { anAssetId, aPrice, aUsername } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import { expectedOutcome } from '../../src/replay/expected-outcome.ts';

const MINUTE_MILLISECONDS = 60_000;
const START = Date.parse('2023-03-01T00:00:00.000Z');

const DAY_MINUTES = 24 * 60;

/** Returns a track of one price a minute. */
const track = (...mids: Price[]) =>
  mids.map((mid, minute) => ({ atMilliseconds: START + minute * MINUTE_MILLISECONDS, mid }));
const atMinute = (minute: number) => isoTime(new Date(START + minute * MINUTE_MILLISECONDS));

const CASES: readonly (readonly [
  string,
  Partial<OrderCreate>,
  readonly string[],
  number | 'expired' | 'failed' | 'queued' | 'refused',
])[] = [
  [
    'a limit buy isTriggered at its price',
    { order_type: 'limit_buy', price: aPrice('9') },
    ['10', '9.01', '9'],
    2,
  ],
  [
    'a limit buy isTriggered where it arrives',
    { order_type: 'limit_buy', price: aPrice('10') },
    ['10', '9'],
    0,
  ],
  [
    'a limit sale isTriggered above its price',
    { order_type: 'limit_sell', price: aPrice('11') },
    ['10', '12'],
    1,
  ],
  [
    'a stop-loss isTriggered at its price',
    { order_type: 'stop_loss', stop_price: aPrice('9') },
    ['10', '11', '9'],
    2,
  ],
  [
    'a take-profit stays open until its price',
    { order_type: 'take_profit', stop_price: aPrice('11') },
    ['10', '10.99'],
    'queued',
  ],
  [
    'a trail follows the peak',
    { order_type: 'trailing_stop', trail_amount: aPrice('2') },
    ['10', '13', '11.01', '11'],
    3,
  ],
  [
    'a trail begins at the price of arrival',
    { order_type: 'trailing_stop', trail_amount: aPrice('2') },
    ['10', '8'],
    1,
  ],
  [
    'a trail of a percentage',
    { order_type: 'trailing_stop', trail_percent: '12.5' },
    ['80', '70.01', '70'],
    2,
  ],
  [
    'expiry wins over a trigger of the same instant',
    { order_type: 'limit_buy', price: aPrice('9'), expires_at: atMinute(1) },
    ['10', '9'],
    'expired',
  ],
  [
    'a stop-loss at the price is refused',
    { order_type: 'stop_loss', stop_price: aPrice('10') },
    ['10', '9'],
    'refused',
  ],
  [
    'a take-profit below the price is refused',
    { order_type: 'take_profit', stop_price: aPrice('9') },
    ['10', '9'],
    'refused',
  ],
  [
    'a trail as long as the price is refused',
    { order_type: 'trailing_stop', trail_amount: aPrice('10') },
    ['10', '0.1'],
    'refused',
  ],
  [
    'a sale for less than a cent is refused',
    { order_type: 'limit_sell', price: aPrice('0.99'), quantity: '0.01' },
    ['0.5', '2'],
    'refused',
  ],
  [
    'a sale for a cent is not',
    { order_type: 'limit_sell', price: aPrice('1'), quantity: '0.01' },
    ['0.5', '1'],
    1,
  ],
  [
    'a purchase for less than a cent is not',
    { order_type: 'limit_buy', price: aPrice('1'), quantity: '0.00000001' },
    ['2', '1'],
    1,
  ],
  [
    'a limit sale that is met counts at the price that it gets',
    { order_type: 'limit_sell', price: aPrice('0.5'), quantity: '0.01' },
    ['1', '2'],
    0,
  ],
  [
    'a trail that would bring less than a cent is refused',
    { order_type: 'trailing_stop', trail_percent: '0.01', quantity: '0.01' },
    ['1', '2'],
    'refused',
  ],
  [
    'a stop that brings less than a cent when it isTriggered fails',
    { order_type: 'stop_loss', stop_price: aPrice('1'), quantity: '0.01' },
    ['2', '0.9'],
    'failed',
  ],
];

describe('the walk over a track', () => {
  it.each(CASES)('%s', (_, condition, mids, outcome) => {
    const request = {
      asset_id: anAssetId('BTC'),
      quantity: '1',
      order_type: 'limit_buy',
      ...condition,
    } as const;
    const found = expectedOutcome(track(...mids.map(aPrice)), {
      point: 0,
      username: aUsername('alice'),
      request,
    });
    expect(found).toEqual(
      typeof outcome === 'number'
        ? { status: 'completed', at: atMinute(outcome), price: mids[outcome] }
        : { status: outcome },
    );
  });

  it('expires an order without expires_at after thirty days', () => {
    const request = {
      asset_id: anAssetId('BTC'),
      quantity: '1',
      order_type: 'limit_buy',
      price: aPrice('9'),
    } as const;
    const storedOrder = (minute: number) =>
      expectedOutcome(
        [...track(aPrice('10')), { atMilliseconds: START + minute * MINUTE_MILLISECONDS, mid: aPrice('9') }],
        {
          point: 0,
          username: aUsername('alice'),
          request,
        },
      );
    expect(storedOrder(30 * DAY_MINUTES - 1).status).toBe('completed');
    expect(storedOrder(30 * DAY_MINUTES)).toEqual({ status: 'expired' });
  });
});
