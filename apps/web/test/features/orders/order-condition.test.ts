import { aPrice } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import { conditionOf, distanceOf } from '../../../src/features/orders/order-condition.ts';

const NONE = { price: null, stop_price: null, trail_amount: null, trail_percent: null };
const QUOTE = { bid: aPrice('100'), ask: aPrice('200') };

describe('the condition of an open order', () => {
  it.each([
    ['limit_buy', { price: aPrice('190') }, '≤ $190.00', '5'],
    ['limit_sell', { price: aPrice('104.7') }, '≥ $104.70', '4.7'],
    ['stop_loss', { stop_price: aPrice('90') }, '≤ $90.00', '10'],
    ['take_profit', { stop_price: aPrice('125.5') }, '≥ $125.50', '25.5'],
    ['trailing_stop', { trail_percent: '5' }, 'peak − 5 %', undefined],
  ] as const)('of a %s is its trigger and how far the price is away', (order_type, terms, text, distance) => {
    const order = { ...NONE, order_type, ...terms };
    expect(conditionOf(order)).toBe(text);
    expect(distanceOf(order, QUOTE)).toBe(distance);
  });

  it('is near where the price has passed the trigger', () => {
    expect(distanceOf({ ...NONE, order_type: 'limit_buy', price: aPrice('210') }, QUOTE)).toBe('5');
  });
});
