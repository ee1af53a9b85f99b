import { isoTime } from '@cnop/common/core/brands';
import { describe, expect, it } from 'vitest';
import { plotOf, pointNearest } from '../../../src/features/portfolio/plot.ts';

const at = (hour: number) => isoTime(new Date(Date.UTC(2026, 0, 31, hour)));
const series = (...values: readonly string[]) => values.map((value, hour) => ({ at: at(hour), value }));

describe('the plot of a series', () => {
  it('places points by time and value', () => {
    const points = [
      { at: at(0), value: '100.00' },
      { at: at(1), value: '200.00' },
      { at: at(4), value: '150.00' },
    ];
    const plot = plotOf(points, false);
    expect(plot.points.map(({ x }) => x)).toEqual([0, 0.25, 1]);
    const [low = 0, high = 0, middle = 0] = plot.points.map(({ y }) => y);
    expect(high).toBeGreaterThan(0);
    expect(low).toBeLessThan(1);
    expect(middle).toBeCloseTo((low + high) / 2);
  });

  it('has no coordinate that is not a number', () => {
    for (const values of [
      ['5.00', '5.00'],
      ['0.00', '0.00'],
      ['-3.00', '2.00'],
      ['0.01', '0.02'],
    ]) {
      for (const isFromZero of [true, false]) {
        const { line, area } = plotOf(series(...values), isFromZero);
        expect(line).toMatch(/^M[-\d.,]+L[-\d.,L]+$/);
        expect(area).not.toMatch(/NaN|Infinity/);
      }
    }
  });

  it('has a few round ticks within the range', () => {
    for (const values of [
      ['29871.20', '36124.55'],
      ['0.01', '0.02'],
      ['-3.00', '2.00'],
      ['7.00', '7.00'],
    ]) {
      const { ticks } = plotOf(series(...values), false);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(5);
      for (const { y } of ticks) {
        expect(y).toBeGreaterThanOrEqual(0);
        expect(y).toBeLessThanOrEqual(1);
      }
    }
    const ticks = plotOf(series('29871.20', '36124.55'), false).ticks.map(({ value }) => value);
    expect(ticks).toEqual(['30000', '32000', '34000', '36000']);
  });

  it('shows zero if it starts there', () => {
    const zeros = (isFromZero: boolean) =>
      plotOf(series('1000.00', '1100.00'), isFromZero).ticks.filter(({ value }) => value === '0');
    expect(zeros(true)).toHaveLength(1);
    expect(zeros(false)).toHaveLength(0);
  });

  it('has different labels for values that differ by cents', () => {
    const labels = plotOf(series('10.00', '10.01', '10.02'), false).ticks.map(({ value }) => value);
    expect(new Set(labels).size).toBe(labels.length);
  });

  it('finds the point nearest to the pointer', () => {
    const plot = plotOf(series('1.00', '2.00', '3.00'), false);
    expect(pointNearest(plot, 0.2)?.point.value).toBe('1.00');
    expect(pointNearest(plot, 0.6)?.point.value).toBe('2.00');
    expect(pointNearest(plot, 2)?.point.value).toBe('3.00');
  });
});
