import { meetsLimit, scaledPrice, trailingStopPrice, triggersStop } from '@cnop/common/trading/trigger-rules';
import { aPrice } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';

const QUOTE = { bid: aPrice('99.5'), ask: aPrice('100.5') };

describe('a limit', () => {
  it.each([
    ['buy', '100.50', true],
    ['buy', '100.499999', false],
    ['sell', '99.50', true],
    ['sell', '99.500001', false],
  ] as const)('of a %s at %s is met: %s', (side, limit, expected) => {
    expect(meetsLimit(side, aPrice(limit), QUOTE)).toBe(expected);
  });
});

describe('a stop', () => {
  it.each([
    ['stop_loss', '90', '90', true],
    ['stop_loss', '90', '90.000000000000000001', false],
    ['take_profit', '110', '110', true],
    ['take_profit', '110', '109.999999999999999999', false],
  ] as const)('of type %s at %s is triggered by a bid of %s: %s', (order_type, stop, bid, expected) => {
    expect(triggersStop({ order_type }, scaledPrice(stop), scaledPrice(bid))).toBe(expected);
  });
});

describe('the price of a trailing stop', () => {
  it.each([
    [{ amount: aPrice('5') }, '100', '95'],
    [{ amount: aPrice('0.000000000000000001') }, '0.000000000000000003', '0.000000000000000002'],
    [{ percent: '2.5' }, '200', '195'],
    [{ percent: '0.01' }, '0.000000000000000003', '0.0000000000000000029997'],
    [{ amount: aPrice('100') }, '100', '0'],
    [{ amount: aPrice('101') }, '100', '-1'],
  ])('of %o below a peak of %s is %s', (trail, peak, expected) => {
    expect(trailingStopPrice(trail, aPrice(peak)).toFixed()).toBe(expected);
  });
});
