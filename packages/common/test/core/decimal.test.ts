import type { Rounding } from '@cnop/common/core/decimal';
import { Decimal } from '@cnop/common/core/decimal';
import { Big } from 'big.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

// The reference library stores digits, ours units, so that the two share no mistake.
const RUNS = { numRuns: 5_000 };
const REFERENCE_ROUNDING: Readonly<Record<Rounding, 0 | 1 | 3>> = {
  up: Big.roundUp,
  down: Big.roundDown,
  nearest: Big.roundHalfUp,
};

/** Decimals of either sign as text: short and long, with zeros at both ends, and halves between two steps. */
const texts = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.bigInt({ min: 0n, max: 20n })),
    fc.string({ unit: fc.constantFrom('0', '1', '4', '5', '9'), maxLength: 20 }),
  )
  .map(([sign, whole, fraction]) => `${sign}${whole}${fraction && `.${fraction}`}`);
const scales = fc.integer({ min: 0, max: 22 });
const roundings = fc.constantFrom<Rounding>('up', 'down', 'nearest');

/** Formats a reference value as ours: a zero has no sign. */
function textOf(value: Big, scale?: number): string {
  const text = value.toFixed(scale);
  return /[1-9]/.test(text) ? text : text.replace('-', '');
}

describe('a decimal', () => {
  it('agrees with the reference on sums, differences, products and comparisons', () => {
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        const [a, b] = [Decimal.parse(one), Decimal.parse(other)];
        const [x, y] = [new Big(one), new Big(other)];
        expect(a.plus(b).toFixed()).toBe(textOf(x.plus(y)));
        expect(a.minus(other).toFixed()).toBe(textOf(x.minus(y)));
        expect(a.times(b).toFixed()).toBe(textOf(x.times(y)));
        expect(a.neg().abs().toFixed()).toBe(textOf(x.abs()));
        expect(a.cmp(b)).toBe(x.cmp(y));
        expect([a.eq(b), a.lt(b), a.lte(b), a.gt(b), a.gte(b)]).toEqual([
          x.eq(y),
          x.lt(y),
          x.lte(y),
          x.gt(y),
          x.gte(y),
        ]);
      }),
      RUNS,
    );
  });

  it.each(['999999999999999', '-99999999999999', '9999999999999999', '0.0000000000001', '-0', '-0.00'])(
    'reads %s, at the limit of what is read as a safe integer, like the reference',
    (text) => {
      expect(Decimal.parse(text).toFixed()).toBe(textOf(new Big(text)));
      expect(Decimal.parse(text).isZero()).toBe(new Big(text).eq(0));
    },
  );

  it('agrees with the reference on quotients of twenty fraction digits', () => {
    fc.assert(
      fc.property(
        texts,
        texts.filter((text) => /[1-9]/.test(text)),
        (one, other) => {
          const quotient = Decimal.parse(one).div(Decimal.parse(other));
          expect(quotient.toFixed()).toBe(textOf(new Big(one).div(other)));
        },
      ),
      RUNS,
    );
  });

  it('agrees with the reference on every rounding at every scale, and on the text', () => {
    fc.assert(
      fc.property(texts, scales, roundings, (text, scale, rounding) => {
        const [value, reference] = [Decimal.parse(text), new Big(text)];
        const rounded = reference.round(scale, REFERENCE_ROUNDING[rounding]);
        expect(value.round(scale, rounding).toFixed()).toBe(textOf(rounded));
        expect(value.toFixed(scale)).toBe(textOf(reference, scale));
        expect(value.toFixed()).toBe(textOf(reference));
        expect(value.fits(scale)).toBe(rounded.eq(reference));
        expect(value.fractionDigits()).toBe(textOf(reference).split('.')[1]?.length ?? 0);
      }),
      RUNS,
    );
  });

  it('converts to units and back, and refuses units that are too large for it', () => {
    fc.assert(
      fc.property(texts, scales, (text, more) => {
        const scale = (text.split('.')[1]?.length ?? 0) + more;
        const units = Decimal.parse(text).unitsAt(scale);
        expect(units).toBe(BigInt(new Big(text).times(new Big(10).pow(scale)).toFixed()));
        expect(Decimal.ofUnits(units, scale).toFixed()).toBe(textOf(new Big(text)));
      }),
      RUNS,
    );
    expect(() => Decimal.parse('1.25').unitsAt(1)).toThrow(RangeError);
  });

  it('cannot be divided by zero', () => {
    expect(() => Decimal.parse('1').div('0.00')).toThrow(RangeError);
  });

  it.each([
    [3, '1000'],
    [0, '1'],
    [-2, '0.01'],
    [70, `1${'0'.repeat(70)}`],
  ])('knows 10 to the power of %i', (exponent, text) => {
    expect(Decimal.powerOfTen(exponent).toFixed()).toBe(text);
  });

  it.each(['1e5', '.5', '5.', '+1', '1_000', '0b1', '1n', ' 1', '1\n', '١'])(
    'cannot be read from %j',
    (text) => {
      expect(() => Decimal.parse(text)).toThrow(TypeError);
    },
  );
});
