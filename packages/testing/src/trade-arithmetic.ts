import { knownPrice, knownQuantity, knownUsd } from '@cnop/common/core/brands';
import fc from 'fast-check';

// The expected amounts of trades, in whole-number arithmetic that shares no code with the rules under test.

type Side = 'buy' | 'sell';

/** Whole numbers of 10^-18. */
const UNIT = 10n ** 18n;
const CENT = UNIT / 100n;
const BASIS_POINTS = 10_000n;

/** Converts a decimal to a whole number of 10^-18. */
export function scaled(text: string): bigint {
  const isNegative = text.startsWith('-');
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole + fraction.padEnd(18, '0'));
  return isNegative ? -units : units;
}

/** Converts USD to whole cents. */
export const cents = (usd: string): bigint => scaled(usd) / CENT;

const divideUp = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

/** Returns the total, the fee, and the cash that leaves or reaches the account, in cents. */
export function expectedTrade(
  side: Side,
  {
    quantity,
    price,
    feeBps = 0,
  }: { readonly quantity: string; readonly price: string; readonly feeBps?: number },
): { readonly total: bigint; readonly fees: bigint; readonly cash: bigint } {
  const product = scaled(quantity) * scaled(price);
  const total = side === 'buy' ? divideUp(product, CENT * UNIT) : product / (CENT * UNIT);
  const fees = divideUp(total * BigInt(feeBps), BASIS_POINTS);
  return { total, fees, cash: side === 'buy' ? total + fees : total - fees };
}

/** Generates decimals of a scale, from its smallest step up. */
export function decimals(scale: number, maxUnits: bigint): fc.Arbitrary<string> {
  return fc.bigInt({ min: 1n, max: maxUnits }).map((units) => {
    const text = units.toString().padStart(scale + 1, '0');
    return scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
  });
}

export const quantities = decimals(8, 10n ** 12n).map(knownQuantity);
export const prices = fc
  .nat({ max: 8 })
  .chain((scale) => decimals(scale, 10n ** 10n))
  .map(knownPrice);
export const amountsOfCash = decimals(2, 10n ** 11n).map(knownUsd);
/** Generates fees in basis points: often none, sometimes 100 %. */
export const fees = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 100 }),
  fc.integer({ min: 1, max: 10_000 }),
);
