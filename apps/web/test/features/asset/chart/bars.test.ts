import { aPrice, aQuantity, aTime } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import { barAfterPrice, summaryOf, withPrice } from '../../../../src/features/asset/chart/bars.ts';

const bar = {
  open_time: aTime('2026-01-31T12:00:00.000Z'),
  open: aPrice('100'),
  high: aPrice('105'),
  low: aPrice('95'),
  close: aPrice('101'),
  volume: aQuantity('3'),
  final: false,
};

describe('the last candle after a tick', () => {
  it('is updated by the price', () => {
    const price = { mid: aPrice('106.5'), at: aTime('2026-01-31T12:04:59.999Z') };
    expect(barAfterPrice(bar, price, '5m')).toEqual({ ...bar, high: '106.5', close: '106.5' });
  });

  it('compares prices as numbers', () => {
    const price = { mid: aPrice('99.5'), at: aTime('2026-01-31T12:01:00.000Z') };
    expect(barAfterPrice(bar, price, '5m')).toEqual({ ...bar, close: '99.5' });
  });

  it('is followed by a new one after its end', () => {
    const price = { mid: aPrice('90'), at: aTime('2026-01-31T12:05:00.000Z') };
    expect(barAfterPrice(bar, price, '5m')).toEqual({
      open_time: '2026-01-31T12:05:00.000Z',
      open: '90',
      high: '90',
      low: '90',
      close: '90',
      volume: '0',
      final: false,
    });
  });

  it('ignores earlier prices', () => {
    expect(barAfterPrice(bar, { mid: aPrice('1'), at: aTime('2026-01-31T11:59:59.999Z') }, '5m')).toBe(bar);
  });
});

describe('the summary of a chart', () => {
  it('has the first, last, highest and lowest price', () => {
    const next = { ...bar, high: aPrice('1000'), low: aPrice('99'), close: aPrice('120') };
    expect(summaryOf([bar, next])).toEqual({ first: '100', last: '120', high: '1000', low: '95' });
    expect(summaryOf([])).toBeUndefined();
  });

  it('follows a new price', () => {
    const summary = { first: '100', last: '101', high: '105', low: '95' };
    expect(withPrice(summary, '9')).toEqual({ first: '100', last: '9', high: '105', low: '9' });
    expect(withPrice(summary, '1000')).toEqual({ first: '100', last: '1000', high: '1000', low: '95' });
  });
});
