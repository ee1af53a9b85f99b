import type { OrderCreate } from '@cnop/common/entities/order/order';
import { describe, expect, it } from 'vitest';
import { expectedOutcome } from '../../src/replay/expected-outcome.ts';

const MINUTE_MILLISECONDS = 60_000;
const START = Date.parse('2023-03-01T00:00:00.000Z');

/** One price a minute. */
const track = (...mids: string[]) =>
  mids.map((mid, minute) => ({ atMilliseconds: START + minute * MINUTE_MILLISECONDS, mid }));
const atMinute = (minute: number) => new Date(START + minute * MINUTE_MILLISECONDS).toISOString();

const CASES: readonly (readonly [
  string,
  Partial<OrderCreate>,
  readonly string[],
  number | 'expired' | 'queued',
])[] = [
  ['a limit buy fires at its price', { order_type: 'limit_buy', price: '9' }, ['10', '9.01', '9'], 2],
  ['a limit buy fires where it arrives', { order_type: 'limit_buy', price: '10' }, ['10', '9'], 0],
  ['a limit sale fires above its price', { order_type: 'limit_sell', price: '11' }, ['10', '12'], 1],
  ['a stop-loss fires at its price', { order_type: 'stop_loss', stop_price: '9' }, ['10', '11', '9'], 2],
  [
    'a take-profit waits for its price',
    { order_type: 'take_profit', stop_price: '11' },
    ['10', '10.99'],
    'queued',
  ],
  [
    'a trail follows the peak',
    { order_type: 'trailing_stop', trail_amount: '2' },
    ['10', '13', '11.01', '11'],
    3,
  ],
  [
    'a trail begins at the price of arrival',
    { order_type: 'trailing_stop', trail_amount: '2' },
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
    { order_type: 'limit_buy', price: '9', expires_at: atMinute(1) },
    ['10', '9'],
    'expired',
  ],
];

describe('the walk over a track', () => {
  it.each(CASES)('%s', (_, condition, mids, outcome) => {
    const request = { asset_id: 'BTC', quantity: '1', order_type: 'limit_buy', ...condition } as const;
    const found = expectedOutcome(track(...mids), { point: 0, username: 'alice', request });
    expect(found).toEqual(
      typeof outcome === 'number'
        ? { status: 'completed', at: atMinute(outcome), price: mids[outcome] }
        : { status: outcome },
    );
  });
});
