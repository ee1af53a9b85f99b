import { knownQuantity } from '@cnop/common/core/brands';
import { marketCapOf, supplyOfMarketCap } from '@cnop/common/entities/inventory/asset';
import { aPrice, aUsd } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const LARGEST = '999999999999999.99';
const PRICE_SCALE = 18;
/** Every price that can be stored, in units of 10^-18; the extremes are drawn often. */
const priceUnits = fc.oneof(
  fc.bigInt({ min: 1n, max: 10n ** 33n - 1n }),
  fc.bigInt({ min: 1n, max: 10n ** 19n }),
  fc.constantFrom(1n, 10n ** 33n - 1n),
);
const cents = fc.oneof(
  fc.bigInt({ min: 0n, max: 10n ** 17n - 1n }),
  fc.constantFrom(0n, 1n, 10n ** 17n - 1n),
);

const decimalText = (units: bigint, scale: number) => {
  const digits = String(units).padStart(scale + 1, '0');
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
};
const centsOf = (text: string) => {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(2, '0'));
};

describe('the market cap', () => {
  it.each([
    ['19880000', '105240.55', '2092182134000'],
    ['589192676549259', '0.00001147', '6758040000.02'],
    ['3', '0.005', '0.02'],
    ['1', '0.0049', '0'],
    ['0', '999999999999999.99', '0'],
  ])('of %s units at %s is %s', (supply, price, cap) => {
    expect(marketCapOf(knownQuantity(supply), aPrice(price))).toBe(cap);
  });

  it.each([
    ['10', '999999999999999.99'],
    ['9'.repeat(33), '1'],
    ['1', '999999999999999.999999999999999999'],
  ])('of %s units at %s is the largest that a statistic may be', (supply, price) => {
    expect(marketCapOf(knownQuantity(supply), aPrice(price))).toBe(LARGEST);
  });
});

describe('the supply for a market cap', () => {
  it('has that market cap to the cent at the same price, and can be stored', () => {
    fc.assert(
      fc.property(cents, priceUnits, (cap, price) => {
        const at = aPrice(decimalText(price, PRICE_SCALE));
        const supply = supplyOfMarketCap(aUsd(decimalText(cap, 2)), at);
        expect(supply).toMatch(/^(?:0|[1-9]\d{0,32})(?:\.\d{1,18})?$/);
        expect(centsOf(marketCapOf(supply, at))).toBe(cap);
      }),
    );
  });
});
