import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDecimal } from '../../src/format/decimal-input.ts';

describe('a typed decimal', () => {
  it.each([
    // A point marks decimals.
    ['12.5', '12.5'],
    [' 12.5 ', '12.5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['007', '7'],
    ['1.500', '1.5'],
    ['0.00000123', '0.00000123'],
    // A comma before exactly three digits groups, as spaces and apostrophes do.
    ['1,000', '1000'],
    ['1,125', '1125'],
    ['25,000.5', '25000.5'],
    ['1,234.5', '1234.5'],
    ['1,234,567.89', '1234567.89'],
    ['1 000', '1000'],
    ['1\u00A0000', '1000'],
    ['1\u202F000\u202F000.5', '1000000.5'],
    ["1'000", '1000'],
    ['1’000.50', '1000.5'],
    // A comma that cannot group marks decimals.
    ['12,5', '12.5'],
    ['1,50', '1.5'],
    ['1000,50', '1000.5'],
    [',5', '0.5'],
    ['5,', '5'],
    ['0,00000123', '0.00000123'],
    ['1 000,50', '1000.5'],
    ["1'000,5", '1000.5'],
  ])('reads %j as %s', (typed, text) => {
    expect(readDecimal(typed, 8)).toEqual({ kind: 'value', text });
  });

  it.each([
    ['0,125', '0.125'],
    [',125', '0.125'],
    ['1,2345', '1.2345'],
    ['1.000,50', '1000.50'],
    ['1.234.567,8', '1234567.8'],
    ['1.000,500', '1000.500'],
  ])('asks for a point in %j, which is ambiguous', (typed, meant) => {
    expect(readDecimal(typed, 8)).toEqual({
      kind: 'bad',
      message: `Use a point for decimals, such as ${meant}.`,
    });
  });

  it.each([
    '1,00,000',
    '10,0000',
    '1,000,00',
    '0,000,001',
    '1000,000',
    '1 00',
    '1,000 000',
    '1.000.000',
    '1.2.3',
  ])('never reads %j as one of its possible values', (typed) => {
    expect(readDecimal(typed, 8)).toMatchObject({ kind: 'bad' });
  });

  it.each(['', '   '])('reads %j as empty', (typed) => {
    expect(readDecimal(typed, 8)).toEqual({ kind: 'empty' });
  });

  it.each(['1e5', '-1', '+1', '1.2.3', 'abc', '.', '0', '0.000', '0x10', '١٢', '1'.repeat(16)])(
    'explains what is wrong with %j',
    (typed) => {
      expect(readDecimal(typed, 8)).toMatchObject({ kind: 'bad' });
    },
  );

  it('refuses more digits than the asset has, ignoring trailing zeros', () => {
    expect(readDecimal('1.234', 2)).toEqual({
      kind: 'bad',
      message: 'Use at most 2 digits after the point.',
    });
    expect(readDecimal('1.5', 0)).toEqual({ kind: 'bad', message: 'Enter a whole number.' });
    expect(readDecimal('1.230', 2)).toEqual({ kind: 'value', text: '1.23' });
  });

  it('reads every decimal of the API as itself, and with grouped thousands', () => {
    const whole = fc.bigInt({ min: 1n, max: 999_999_999_999_999n });
    const fractions = fc.integer({ min: 1, max: 9 }).map((digit) => `00${digit}`);
    fc.assert(
      fc.property(whole, fractions, fc.constantFrom(',', ' ', "'"), (amount, fraction, separator) => {
        const value = { kind: 'value', text: `${amount}.${fraction}` };
        const grouped = amount.toLocaleString('en-US').replaceAll(',', separator);
        expect(readDecimal(`${amount}.${fraction}`, 3)).toEqual(value);
        expect(readDecimal(`${grouped}.${fraction}`, 3)).toEqual(value);
        expect(readDecimal(grouped, 3)).toEqual({ kind: 'value', text: String(amount) });
      }),
    );
  });
});
