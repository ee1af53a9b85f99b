import {
  isStopType,
  meetsLimit,
  scaledPrice,
  trailingStopPrice,
  triggersStop,
} from '@cnop/common/trading/trigger-rules';
import { describe, expect, it } from 'vitest';

const QUOTE = { bid: '99.5', ask: '100.5' };

describe('a limit', () => {
  it.each([
    ['buy', '100.50', true],
    ['buy', '100.499999', false],
    ['sell', '99.50', true],
    ['sell', '99.500001', false],
  ] as const)('of a %s at %s is met: %s', (side, limit, expected) => {
    expect(meetsLimit(side, limit, QUOTE)).toBe(expected);
  });
});

describe('a stop', () => {
  it.each([
    ['stop_loss', '90', '90', true],
    ['stop_loss', '90', '90.000000000000000001', false],
    ['take_profit', '110', '110', true],
    ['take_profit', '110', '109.999999999999999999', false],
  ] as const)('of type %s at %s is triggered by a bid of %s: %s', (type, stop, bid, expected) => {
    expect(triggersStop(type, scaledPrice(stop), scaledPrice(bid))).toBe(expected);
  });

  it('has a price of its own in two order types', () => {
    expect((['stop_loss', 'take_profit', 'trailing_stop', 'limit_sell'] as const).filter(isStopType)).toEqual(
      ['stop_loss', 'take_profit'],
    );
  });
});

describe('the price of a trailing stop', () => {
  it.each([
    [{ trail_amount: '5', trail_percent: null }, '100', '95'],
    [
      { trail_amount: '0.000000000000000001', trail_percent: null },
      '0.000000000000000003',
      '0.000000000000000002',
    ],
    [{ trail_amount: null, trail_percent: '2.5' }, '200', '195'],
    [{ trail_amount: null, trail_percent: '0.01' }, '0.000000000000000003', '0.0000000000000000029997'],
    [{ trail_amount: '100', trail_percent: null }, '100', '0'],
    [{ trail_amount: '101', trail_percent: null }, '100', '-1'],
  ])('of %o below a peak of %s is %s', (trail, peak, expected) => {
    expect(trailingStopPrice(trail, peak).toFixed()).toBe(expected);
  });
});
