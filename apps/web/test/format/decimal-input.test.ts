import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDecimal } from '../../src/format/decimal-input.ts';

describe('what was typed for a decimal', () => {
  it.each([
    ['12.5', '12.5'],
    ['12,5', '12.5'],
    [' 12.5 ', '12.5'],
    ['.5', '0.5'],
    [',5', '0.5'],
    ['5.', '5'],
    ['007', '7'],
    ['1.500', '1.5'],
    ['0.00000123', '0.00000123'],
  ])('reads %j as %s', (typed, text) => {
    expect(readDecimal(typed, 8)).toEqual({ kind: 'value', text });
  });

  it.each(['', '   '])('finds %j empty', (typed) => {
    expect(readDecimal(typed, 8)).toEqual({ kind: 'empty' });
  });

  it.each([
    '1e5',
    '-1',
    '+1',
    '1.2.3',
    '1,234.5',
    '1 000',
    'abc',
    '.',
    '0',
    '0.000',
    '0x10',
    '١٢',
    '1'.repeat(16),
  ])('says what is wrong with %j', (typed) => {
    expect(readDecimal(typed, 8)).toMatchObject({ kind: 'bad' });
  });

  it('refuses more digits than the asset has, and counts only those that say something', () => {
    expect(readDecimal('1.234', 2)).toEqual({ kind: 'bad', message: 'At most 2 digits after the point.' });
    expect(readDecimal('1.5', 0)).toEqual({ kind: 'bad', message: 'Whole numbers only.' });
    expect(readDecimal('1.230', 2)).toEqual({ kind: 'value', text: '1.23' });
  });

  it('reads every decimal that the API takes as itself, with either separator', () => {
    const digits = fc.integer({ min: 1, max: 999_999_999 }).map(String);
    const fractions = fc.integer({ min: 1, max: 9 }).map((digit) => `00${digit}`);
    fc.assert(
      fc.property(digits, fractions, (whole, fraction) => {
        const value = { kind: 'value', text: `${whole}.${fraction}` };
        expect(readDecimal(`${whole}.${fraction}`, 3)).toEqual(value);
        expect(readDecimal(`${whole},${fraction}`, 3)).toEqual(value);
      }),
    );
  });
});
