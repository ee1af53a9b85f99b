import { describe, expect, it } from 'vitest';
import { readNewPrice } from '../../../../src/features/admin/assets/new-price.ts';

const at = { priceScale: 2, priceNow: '100.00' };

describe('a price set by hand', () => {
  it('is read with a comma or a point and compared with the current price', () => {
    expect(readNewPrice(' 105,50 ', at)).toEqual({
      kind: 'good',
      price: '105.5',
      changePercent: '5.5',
      isFar: false,
    });
    expect(readNewPrice('98', at)).toMatchObject({ price: '98', changePercent: '-2' });
  });

  it('is marked when it is far from the current price in either direction', () => {
    expect(readNewPrice('110', at)).toMatchObject({ isFar: false });
    expect(readNewPrice('110.01', at)).toMatchObject({ isFar: true });
    expect(readNewPrice('89.99', at)).toMatchObject({ isFar: true });
  });

  it('keeps every digit', () => {
    const price = '123456789012345.123456789012345678';
    expect(readNewPrice(price, { priceScale: 18, priceNow: '1' })).toMatchObject({ kind: 'good', price });
  });

  it.each([
    ['', 2, /Required/],
    ['0', 2, /above 0/],
    ['-5', 2, /above 0/],
    ['1e3', 2, /number such as/],
    ['1,23.50', 2, /by threes/],
    ['1.001', 2, /2 digits after the point/],
    ['1.5', 0, /whole number/],
  ])('%j with %i digits is refused', (typed, priceScale, expected) => {
    const reading = readNewPrice(typed, { ...at, priceScale });
    expect(reading.kind === 'bad' && reading.message).toMatch(expected);
  });
});
