import { isoTime } from '@cnop/common/core/brands';
import { aTime } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import {
  extremesOf,
  isChartable,
  performanceOf,
  rangeOfAge,
  seriesOf,
  sinceFirstCash,
  withLiveTotals,
} from '../../../src/features/portfolio/value-history.ts';
import { point } from './portfolio-fixture.ts';

describe('the performance of a range', () => {
  it('is the change in value without deposits and withdrawals', () => {
    expect(performanceOf([point('1000.00', '900.00'), point('1100.00', '900.00')])).toEqual({
      result: '100.00',
      percent: '10',
    });
  });

  it('does not count a deposit as a gain, but includes it in the base', () => {
    const points = [point('1000.00', '1000.00'), point('2100.00', '2000.00')];
    expect(performanceOf(points)).toEqual({ result: '100.00', percent: '5' });
  });

  it('does not count a withdrawal as a loss', () => {
    const points = [point('1000.00', '1000.00'), point('500.00', '500.00')];
    expect(performanceOf(points)).toEqual({ result: '0.00', percent: '0' });
  });

  it('has the sign of a loss', () => {
    const points = [point('1000.00', '1000.00'), point('900.00', '1000.00')];
    expect(performanceOf(points)).toEqual({ result: '-100.00', percent: '-10' });
  });

  it('has no percentage of zero, and none without points', () => {
    expect(performanceOf([point('0.00', '0.00'), point('0.00', '0.00')])).toEqual({
      result: '0.00',
      percent: undefined,
    });
    expect(performanceOf([])).toBeUndefined();
  });
});

describe('the series of a chart', () => {
  const points = [point('1000.00', '800.00'), point('1500.00', '1300.00'), point('1450.00', '1300.00')];

  it('is the value including deposits', () => {
    expect(seriesOf(points, 'value').map(({ value }) => value)).toEqual(['1000.00', '1500.00', '1450.00']);
  });

  it('is the P&L since the beginning of the range', () => {
    expect(seriesOf(points, 'result').map(({ value }) => value)).toEqual(['0.00', '0.00', '-50.00']);
  });
});

describe('live totals', () => {
  const points = [point('100.00', '90.00'), point('120.00', '90.00')];
  const live = { cash: '20.00', assets: '105.50', total: '125.50', netDeposits: '90.00' };

  it('replace the last point', () => {
    expect(withLiveTotals(points, live)).toEqual([
      points[0],
      { ...points[1], cash: '20.00', asset_value: '105.50', total_value: '125.50' },
    ]);
  });

  it('include their deposits, so that these are no gain', () => {
    const afterDeposit = { ...live, cash: '520.00', total: '625.50', netDeposits: '590.00' };
    const performance = (totals: typeof live) => performanceOf(withLiveTotals(points, totals))?.result;
    expect(performance(afterDeposit)).toBe(performance(live));
  });

  it('are optional', () => {
    expect(withLiveTotals(points, undefined)).toEqual(points);
    expect(withLiveTotals([], live)).toEqual([]);
  });
});

describe('the default range of an account', () => {
  it.each([
    ['2026-06-30T11:59:00Z', '1d'],
    ['2026-06-29T12:00:00Z', '1d'],
    ['2026-06-29T11:00:00Z', '1w'],
    ['2026-06-20T12:00:00Z', '1m'],
    ['2026-05-15T12:00:00Z', '3m'],
    ['2025-12-31T12:00:00Z', '1y'],
    ['2024-01-01T12:00:00Z', 'all'],
  ])('created at %s is the shortest that covers it: %s', (createdAt, range) => {
    expect(rangeOfAge(createdAt, new Date('2026-06-30T12:00:00Z'))).toBe(range);
  });
});

describe('the points of a chart', () => {
  const at = (minute: number, total: string, deposits: string) => ({
    ...point(total, deposits),
    at: isoTime(new Date(Date.UTC(2026, 0, 31, 12, minute))),
  });

  it('start with the first cash', () => {
    const points = [
      at(0, '0.00', '0.00'),
      at(5, '0.00', '0.00'),
      at(5, '10.00', '10.00'),
      at(9, '9.00', '10.00'),
    ];
    expect(sinceFirstCash(points)).toEqual(points.slice(2));
    expect(sinceFirstCash(points.slice(0, 2))).toEqual([]);
    // A total loss is a part of the history.
    expect(sinceFirstCash([at(0, '0.00', '5.00')])).toHaveLength(1);
  });

  it('are at least three moments; a step is one', () => {
    const points = [at(0, '10.00', '10.00'), at(5, '10.00', '10.00'), at(5, '20.00', '20.00')];
    expect(isChartable(points)).toBe(false);
    expect(isChartable([...points, at(6, '20.00', '20.00')])).toBe(true);
  });
});

describe('the extremes of a series', () => {
  it('are its ends and its lowest and highest points, compared as numbers', () => {
    const points = ['9.00', '10.00', '-2.00', '8.00'].map((value, minute) => ({
      at: aTime(`2026-01-15T12:0${minute}:00.000Z`),
      value,
    }));
    const found = extremesOf(points);
    expect([found?.first, found?.last, found?.low, found?.high].map((point) => point?.value)).toEqual([
      '9.00',
      '8.00',
      '-2.00',
      '10.00',
    ]);
  });

  it('are undefined for an empty series', () => {
    expect(extremesOf([])).toBeUndefined();
  });
});
