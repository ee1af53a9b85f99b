import {
  CURRENCY_SCALE,
  clampToStorable,
  decimal,
  formatDecimal,
  formatPercentageOf,
  formatUsd,
  MAX_INTEGER_DIGITS,
  MAX_SCALE,
  roundDown,
  roundUp,
  SIGNED_DECIMAL_PATTERN,
  UNSIGNED_DECIMAL_PATTERN,
  ZERO,
} from '@cnop/common/core/money';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

// The reference counts with BigInt in units of 10^-36, the finest that a product of two amounts can have.
const REFERENCE_SCALE = 2 * MAX_SCALE;
const RUNS = { numRuns: 2_000 };
const INVALID = TypeError;

interface Amount {
  readonly text: string;
  readonly units: bigint;
}

function unitsOf(text: string): bigint {
  const isNegative = text.startsWith('-');
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole + fraction.padEnd(REFERENCE_SCALE, '0'));
  return isNegative ? -units : units;
}

function textOf(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale > 0 ? `.${digits.slice(-scale)}` : '';
  return `${units < 0n ? '-' : ''}${whole}${fraction}`;
}

/** Plain decimals of every length, including the largest and smallest that can be stored. */
const amountArbitrary = fc
  .tuple(
    fc.oneof(
      fc.bigInt({ min: 0n, max: 10n ** BigInt(MAX_INTEGER_DIGITS) - 1n }),
      fc.bigInt({ min: 0n, max: 1_000n }),
      fc.constantFrom(0n, 10n ** BigInt(MAX_INTEGER_DIGITS) - 1n),
    ),
    fc.oneof(
      fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), maxLength: MAX_SCALE }),
      fc.string({ unit: fc.constantFrom('0', '5', '9'), maxLength: MAX_SCALE }),
    ),
    fc.boolean(),
  )
  .map(([whole, fraction, isNegative]): Amount => {
    const unsigned = fraction === '' ? String(whole) : `${whole}.${fraction}`;
    const text = isNegative && /[1-9]/.test(unsigned) ? `-${unsigned}` : unsigned;
    return { text, units: unitsOf(text) };
  });
const unsignedArbitrary = amountArbitrary.filter(({ units }) => units >= 0n);
const scaleArbitrary = fc.integer({ min: 0, max: MAX_SCALE });

/** Rounds by BigInt division, away from zero or towards it. */
function roundReference(units: bigint, scale: number, isUp: boolean): string {
  const step = 10n ** BigInt(REFERENCE_SCALE - scale);
  const magnitude = units < 0n ? -units : units;
  const steps = (magnitude + (isUp ? step - 1n : 0n)) / step;
  return textOf(units < 0n ? -steps : steps, scale);
}

function plain(text: string): string {
  const withoutZeros = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return withoutZeros === '-0' ? '0' : withoutZeros;
}

describe('arithmetic', () => {
  it('agrees with BigInt on sums, differences, products and comparisons', () => {
    fc.assert(
      fc.property(amountArbitrary, amountArbitrary, (one, other) => {
        const [a, b] = [decimal(one.text), decimal(other.text)];
        expect(formatDecimal(a.plus(b))).toBe(plain(textOf(one.units + other.units, REFERENCE_SCALE)));
        expect(formatDecimal(a.minus(b))).toBe(plain(textOf(one.units - other.units, REFERENCE_SCALE)));
        const product = (one.units * other.units) / 10n ** BigInt(REFERENCE_SCALE);
        expect(formatDecimal(a.times(b))).toBe(plain(textOf(product, REFERENCE_SCALE)));
        expect(a.cmp(b)).toBe(one.units < other.units ? -1 : Number(one.units > other.units));
      }),
      RUNS,
    );
  });

  it('refuses JavaScript numbers', () => {
    const float = 0.1 as unknown as string;
    expect(() => decimal(float)).toThrow(INVALID);
    expect(() => decimal('1').plus(float)).toThrow(INVALID);
    expect(() => decimal('1').times(float)).toThrow(INVALID);
    expect(() => decimal('1').gt(float)).toThrow(INVALID);
  });

  it.each(['', ' ', 'abc', '1,5', '1 000', '0x10', 'NaN', 'Infinity', '--1', '1e'])(
    'cannot read "%s"',
    (text) => {
      expect(() => decimal(text)).toThrow(INVALID);
    },
  );
});

describe('rounding', () => {
  it('agrees with BigInt at every scale', () => {
    fc.assert(
      fc.property(amountArbitrary, scaleArbitrary, ({ text, units }, scale) => {
        const value = decimal(text);
        expect(formatDecimal(roundUp(value, scale))).toBe(plain(roundReference(units, scale, true)));
        expect(formatDecimal(roundDown(value, scale))).toBe(plain(roundReference(units, scale, false)));
      }),
      RUNS,
    );
  });

  it('up is never less, down is never more, and they differ by at most one step', () => {
    fc.assert(
      fc.property(unsignedArbitrary, scaleArbitrary, ({ text }, scale) => {
        const value = decimal(text);
        const [up, down] = [roundUp(value, scale), roundDown(value, scale)];
        expect(up.gte(value) && down.lte(value)).toBe(true);
        const step = textOf(1n, scale);
        expect(up.minus(down).lte(step)).toBe(true);
        expect(up.eq(down)).toBe(value.fits(scale));
      }),
      RUNS,
    );
  });

  it('gives no gain for splitting an order', () => {
    fc.assert(
      fc.property(unsignedArbitrary, unsignedArbitrary, (one, other) => {
        const [a, b] = [decimal(one.text), decimal(other.text)];
        const whole = a.plus(b);
        const debits = roundUp(a, CURRENCY_SCALE).plus(roundUp(b, CURRENCY_SCALE));
        const credits = roundDown(a, CURRENCY_SCALE).plus(roundDown(b, CURRENCY_SCALE));
        expect(debits.gte(roundUp(whole, CURRENCY_SCALE))).toBe(true);
        expect(credits.lte(roundDown(whole, CURRENCY_SCALE))).toBe(true);
      }),
      RUNS,
    );
  });

  it.each([
    ['0.001', '0.01', '0.00'],
    ['0.01', '0.01', '0.01'],
    ['0.009999999999999999', '0.01', '0.00'],
    ['999999999999999.991', '1000000000000000.00', '999999999999999.99'],
    ['0', '0.00', '0.00'],
  ])('makes of %s cents %s for a debit and %s for a credit', (text, up, down) => {
    expect(formatUsd(roundUp(decimal(text), CURRENCY_SCALE))).toBe(up);
    expect(formatUsd(roundDown(decimal(text), CURRENCY_SCALE))).toBe(down);
  });
});

describe('formatting', () => {
  it('never writes an exponent or a negative zero', () => {
    fc.assert(
      fc.property(amountArbitrary, amountArbitrary, scaleArbitrary, (one, other, scale) => {
        const product = decimal(one.text).times(other.text);
        for (const value of [
          product,
          roundDown(product, scale),
          roundUp(product, scale),
          product.minus(product),
        ]) {
          expect(formatDecimal(value)).toMatch(/^(?!-0(\.0*)?$)-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
        }
        expect(formatUsd(roundDown(product, CURRENCY_SCALE))).toMatch(/^(?!-0\.00$)-?(0|[1-9]\d*)\.\d{2}$/);
      }),
      RUNS,
    );
  });

  it.each(['-0', '-0.00', '-0.001', '-0.009'])('writes %s, rounded down to cents, as 0.00', (text) => {
    expect(formatUsd(roundDown(decimal(text), CURRENCY_SCALE))).toBe('0.00');
    expect(formatDecimal(roundDown(decimal(text), CURRENCY_SCALE))).toBe('0');
  });

  it('writes an amount of USD with two fraction digits', () => {
    for (const text of ['1', '1.5', '1.50', '1.5000']) expect(formatUsd(decimal(text))).toMatch(/^1\.[05]0$/);
    expect(formatUsd(ZERO)).toBe('0.00');
    expect(formatUsd(decimal('-5.1'))).toBe('-5.10');
  });

  it('refuses to round an amount of USD', () => {
    for (const text of ['0.001', '1.234', '-0.005', '0.000000000000000001']) {
      expect(() => formatUsd(decimal(text))).toThrow(RangeError);
    }
  });

  it('parses the text that it writes', () => {
    fc.assert(
      fc.property(amountArbitrary, ({ text }) => {
        expect(decimal(formatDecimal(decimal(text))).eq(text)).toBe(true);
      }),
      RUNS,
    );
  });
});

describe('the count of fraction digits', () => {
  it.each([
    ['0', 0],
    ['1.00', 0],
    ['100', 0],
    ['1.5', 1],
    ['1.50', 1],
    ['0.01', 2],
    ['-0.01', 2],
    ['100.000000000000000001', 18],
  ])('of %s is %i', (text, digits) => {
    expect(decimal(text).fractionDigits()).toBe(digits);
  });
});

describe('the pattern of a decimal', () => {
  it('matches every amount that can be stored, and only text that decimal parses', () => {
    fc.assert(
      fc.property(amountArbitrary, fc.string({ maxLength: 8 }), ({ text, units }, noise) => {
        expect(SIGNED_DECIMAL_PATTERN.test(text)).toBe(true);
        expect(UNSIGNED_DECIMAL_PATTERN.test(text)).toBe(units >= 0n);
        if (SIGNED_DECIMAL_PATTERN.test(noise)) expect(() => decimal(noise)).not.toThrow();
      }),
      RUNS,
    );
  });
});

describe('a statistic', () => {
  it.each([
    ['999999999999999.99', 2, '999999999999999.99'],
    ['1000000000000000', 2, '999999999999999.99'],
    ['-1000000000000000', 2, '-999999999999999.99'],
    ['1000000000000000', 0, '999999999999999'],
    [`1${'0'.repeat(40)}`, 18, '999999999999999.999999999999999999'],
    ['-0.01', 2, '-0.01'],
  ])('%s with %i fraction digits is limited to %s', (value, scale, limited) => {
    expect(formatDecimal(clampToStorable(decimal(value), scale))).toBe(limited);
  });

  it.each([
    ['1', '3', '33.33'],
    ['-1', '3', '-33.33'],
    ['5', '0', '0.00'],
    ['999999999999999', '0.000000000000000001', '999999999999999.99'],
    ['-999999999999999', '0.01', '-999999999999999.99'],
  ])('%s as a percentage of %s is %s', (part, whole, percentage) => {
    expect(formatPercentageOf(decimal(part), decimal(whole))).toBe(percentage);
  });
});
