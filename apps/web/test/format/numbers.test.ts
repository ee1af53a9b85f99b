import { decimal } from '@cnop/common/core/money';
import { describe, expect, it } from 'vitest';
import {
  cutTo,
  formatCompactMoney,
  formatMoney,
  formatOwnPrice,
  formatPercent,
  formatPrice,
  formatQuantity,
  MISSING,
  percentChange,
  plainText,
  signOf,
  signOfPercent,
} from '../../src/format/numbers.ts';

describe('formatMoney', () => {
  it.each([
    ['0', '$0.00'],
    ['1234.5', '$1,234.50'],
    ['-3', '-$3.00'],
    ['12345678901234567890123456789012345.67', '$12,345,678,901,234,567,890,123,456,789,012,345.67'],
  ])('formats %s as %s with every digit', (text, shown) => {
    expect(formatMoney(text)).toBe(shown);
  });

  it.each([
    ['12.5', '+$12.50'],
    ['-3', '-$3.00'],
    ['-0.001', '$0.00'],
    ['0.004', '$0.00'],
  ])('formats a change of %s as %s', (text, shown) => {
    expect(formatMoney(text, { signed: true })).toBe(shown);
  });

  it.each([null, undefined])('formats %s as a dash, never as zero', (missing) => {
    expect(formatMoney(missing)).toBe(MISSING);
    expect(formatPrice(missing, 2)).toBe(MISSING);
    expect(formatQuantity(missing)).toBe(MISSING);
    expect(formatPercent(missing)).toBe(MISSING);
    expect(formatCompactMoney(missing)).toBe(MISSING);
    expect(formatOwnPrice(missing)).toBe(MISSING);
  });
});

describe('formatPrice', () => {
  it('uses the price scale of the asset', () => {
    expect(formatPrice('0.00000123', 8)).toBe('$0.00000123');
    expect(formatPrice('104895.9', 2)).toBe('$104,895.90');
    expect(formatPrice('1', 6)).toBe('$1.000000');
  });

  it('shows cents even if the price scale is smaller', () => {
    expect(formatPrice('90000', 0)).toBe('$90,000.00');
  });

  it('uses the digits of the price if no scale is known', () => {
    expect(formatOwnPrice('0.00001146')).toBe('$0.00001146');
    expect(formatOwnPrice('90000')).toBe('$90,000.00');
  });
});

describe('formatQuantity', () => {
  it('never shows a small quantity as zero', () => {
    expect(formatQuantity('0.00000123')).toBe('0.00000123');
    expect(formatQuantity('0.000000000000000001')).toBe('0.000000000000000001');
  });

  it('keeps all digits of a large one', () => {
    expect(formatQuantity('999999999999999.123456789012345678')).toBe(
      '999,999,999,999,999.123456789012345678',
    );
  });
});

describe('signs', () => {
  it('treat values that round to zero as neither gain nor loss', () => {
    expect(signOf('-0.004', 2)).toBe('none');
    expect(signOf('-0.005', 2)).toBe('loss');
    expect(signOfPercent('0.004')).toBe('none');
    expect(signOfPercent('0.01')).toBe('gain');
    expect(signOfPercent(undefined)).toBe('none');
  });

  it('are shown for every percentage but zero', () => {
    expect(formatPercent('2.5', { signed: true })).toBe('+2.50%');
    expect(formatPercent('-2.5', { signed: true })).toBe('-2.50%');
    expect(formatPercent('0.00', { signed: true })).toBe('0.00%');
  });
});

describe('market statistics, which are numbers', () => {
  it('are formatted like amounts', () => {
    expect(formatCompactMoney(4_080_000_000)).toBe('$4.08B');
    expect(formatCompactMoney(0)).toBe('$0.00');
    expect(formatPrice(0.00000123, 8)).toBe('$0.00000123');
    expect(formatPrice(1e-18, 18)).toBe('$0.000000000000000001');
    expect(formatPercent(-1.88, { signed: true })).toBe('-1.88%');
    expect(formatPercent(0, { signed: true })).toBe('0.00%');
  });

  it('have the sign of the shown value', () => {
    expect(signOfPercent(-1.88)).toBe('loss');
    expect(signOfPercent(0.01)).toBe('gain');
    expect(signOfPercent(0.004)).toBe('none');
    expect(signOfPercent(0)).toBe('none');
    expect(signOfPercent(null)).toBe('none');
  });
});

describe('percentChange', () => {
  it('measures from the reference', () => {
    expect(percentChange('110', decimal('100'))).toBe('10');
    expect(percentChange('99', decimal('100'))).toBe('-1');
  });

  it('is undefined without a reference', () => {
    expect(percentChange('1', decimal('0'))).toBeUndefined();
  });
});

describe('plain decimals', () => {
  it('have no exponent and no negative zero', () => {
    expect(plainText(decimal('0.00000000000123'))).toBe('0.00000000000123');
    expect(plainText(decimal('1000000000000000000000'))).toBe('1000000000000000000000');
    expect(plainText(decimal('-0'))).toBe('0');
  });

  it('are rounded down', () => {
    expect(cutTo(decimal('1.999'), 2)).toBe('1.99');
  });
});
