import type { IsoTime } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { aPrice, aTime, aUsd } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Valuation } from '../../../src/performance/domain/cumulated-return.ts';
import { countGifts } from '../../../src/performance/domain/cumulated-return.ts';
import type { PerformanceFacts } from '../../../src/performance/domain/performance.ts';
import { measurePerformance } from '../../../src/performance/domain/performance.ts';
import { annualVolatility, correlation } from '../../../src/performance/domain/return-statistics.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-01-01T00:00:00.000Z');
const dayOf = (days: number): IsoTime => isoTime(new Date(START + days * DAY));

const valuation = (days: number, value: string, deposits: string): Valuation => ({
  at: dayOf(days),
  total_value: aUsd(value),
  net_deposits: aUsd(deposits),
});

function measure(valuations: readonly Valuation[], facts: Partial<PerformanceFacts> = {}) {
  return measurePerformance({
    valuations,
    times: new Set(valuations.map(({ at }) => at)),
    createdAt: aTime('2020-01-01T00:00:00.000Z'),
    isYounger: false,
    isCut: false,
    priceAt: undefined,
    ...facts,
  });
}

describe('the performance of a portfolio', () => {
  it('multiplies the returns between flows', () => {
    const { timeWeighted, values, chart, moneyWeighted } = measure([
      valuation(0, '100.00', '100.00'),
      valuation(10, '110.00', '100.00'),
      valuation(10, '1110.00', '1100.00'),
      valuation(20, '888.00', '1100.00'),
    ]);
    expect(timeWeighted.period).toEqual({ value: -0.12, unavailable: null });
    expect(moneyWeighted.period.value).toBeLessThan(-0.2);
    expect(values).toEqual({
      start_value: '100.00',
      end_value: '888.00',
      paid_in: '1000.00',
      paid_out: '0.00',
      gain: '-212.00',
    });
    expect(chart.map(({ rate }) => rate)).toEqual([0, 0.1, -0.12]);
  });

  it('begins the chart with the first flow, after it', () => {
    const points = [
      valuation(0, '0.00', '0.00'),
      valuation(1, '0.00', '0.00'),
      valuation(1, '100.00', '100.00'),
      valuation(2, '110.00', '100.00'),
    ];
    const { chart } = measure(points, { times: new Set([dayOf(0), dayOf(2)]) });
    expect(chart).toEqual([
      { at: dayOf(1), rate: 0, benchmarkRate: null },
      { at: dayOf(2), rate: 0.1, benchmarkRate: null },
    ]);
  });

  it('states eight digits, rounded to the nearest', () => {
    const rateOf = (end: string) => measure([valuation(0, '3.00', '0.00'), valuation(9, end, '0.00')]);
    expect(rateOf('2.00').timeWeighted.period.value).toBe(-0.33333333);
    expect(rateOf('5.00').timeWeighted.period.value).toBe(0.66666667);
  });

  it('finds the largest drawdown, and when it was recovered', () => {
    const values = ['100.00', '120.00', '90.00', '110.00', '60.00', '100.00', '120.00', '119.00'];
    const points = values.map((value, day) => valuation(day, value, '0.00'));
    expect(measure(points).drawdown).toEqual({
      depth: -0.5,
      from: dayOf(1),
      to: dayOf(4),
      recovered: dayOf(6),
    });
    expect(measure(points.slice(0, 6)).drawdown).toMatchObject({ depth: -0.5, recovered: null });
    expect(measure(points.slice(0, 2)).drawdown).toBeNull();
  });

  it('takes whole days only, and names the best and the worst', () => {
    const { days, bestDay, worstDay, volatility } = measure(
      [0.5, 1, 2, 3, 4, 5, 6, 6.5].map((day, index) =>
        valuation(day, `${[50, 100, 110, 99, 99, 198, 99, 9][index]}.00`, '0.00'),
      ),
    );
    expect(days.map(({ span, rate }) => [span, rate])).toEqual([
      ['2026-01-02', 0.1],
      ['2026-01-03', -0.1],
      ['2026-01-04', 0],
      ['2026-01-05', 1],
      ['2026-01-06', -0.5],
    ]);
    expect([bestDay?.span, worstDay?.span]).toEqual(['2026-01-05', '2026-01-06']);
    // Mean 0.1, squared differences 0, 0.04, 0.01, 0.81 and 0.36: a variance of 0.305.
    expect(volatility.value).toBeCloseTo(Math.sqrt(0.305 * 365), 12);
  });

  it('counts the first day of an account as a whole one', () => {
    const points = [valuation(0.5, '100.00', '100.00'), valuation(1, '90.00', '100.00')];
    expect(measure(points, { createdAt: dayOf(0.5) }).worstDay).toMatchObject({
      span: '2026-01-01',
      rate: -0.1,
    });
    expect(measure(points).worstDay).toBeNull();
  });

  it('divides into calendar months', () => {
    const { months } = measure([
      valuation(15, '100.00', '100.00'),
      valuation(31, '110.00', '100.00'),
      valuation(40, '110.00', '100.00'),
      valuation(40, '60.00', '50.00'),
      valuation(59, '30.00', '50.00'),
      valuation(60, '33.00', '50.00'),
    ]);
    expect(months.map(({ month, rate, paid_out, gain }) => [month, rate, paid_out, gain])).toEqual([
      ['2026-01', 0.1, '0.00', '10.00'],
      ['2026-02', -0.5, '50.00', '-30.00'],
      ['2026-03', 0.1, '0.00', '3.00'],
    ]);
  });

  it('compares with an asset from the moment on that the portfolio was funded', () => {
    const prices = [7, 10, 11, 12, 9, 12, 12, 15];
    const { benchmark, months } = measure(
      ['0.00', '100.00', '105.00', '110.00', '95.00', '110.00', '110.00', '125.00'].map((value, day) =>
        valuation(day, value, day === 0 ? '0.00' : '100.00'),
      ),
      { priceAt: (at) => aPrice(String(prices[(Date.parse(at) - START) / DAY])) },
    );
    expect(benchmark?.rate.value).toBeCloseTo(8 / 7, 7);
    expect(benchmark?.alpha.value).toBeCloseTo(0.25 - 8 / 7, 7);
    expect(benchmark?.correlation.value).toBeGreaterThan(0.5);
    expect(months[0]?.benchmarkRate).toBeCloseTo(8 / 7, 7);
  });

  it('never has a figure that is not a number', () => {
    const step = fc.record({
      pause: fc.integer({ min: 0, max: 3 }),
      value: fc.integer({ min: 0, max: 3 }).map((value) => value * 70),
      flow: fc.constantFrom(0, 0, 100, -100),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const valuations: Valuation[] = [];
        let [day, deposits] = [0, 0];
        for (const { pause, value, flow } of steps) {
          day += pause / 2;
          deposits += flow;
          valuations.push(valuation(day, `${value}.00`, `${deposits}.00`));
        }
        const performance = measure(valuations, { priceAt: () => aPrice('1') });
        const text = JSON.stringify(performance, (_, value: unknown) =>
          typeof value === 'number' && !Number.isFinite(value)
            ? 'not finite'
            : typeof value === 'bigint'
              ? ''
              : value,
        );
        expect(text).not.toContain('not finite');
        for (const { value, unavailable } of [
          performance.timeWeighted.period,
          performance.moneyWeighted.period,
          performance.volatility,
        ]) {
          expect(value === null).toBe(unavailable !== null);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('units that were given', () => {
  it('are paid in at their value, after the moment before them', () => {
    const points = [
      valuation(0, '100.00', '100.00'),
      valuation(10, '100.00', '100.00'),
      valuation(10, '150.00', '100.00'),
      valuation(20, '165.00', '100.00'),
    ];
    const gifts = [{ created_at: dayOf(10), total_amount: aUsd('50.00') }];
    const counted = countGifts(points, gifts);
    expect(counted.map(({ net_deposits }) => net_deposits)).toEqual(['100.00', '100.00', '150.00', '150.00']);
    expect(measure(counted).timeWeighted.period.value).toBe(0.1);
    expect(countGifts(points, [])).toEqual(points);
  });
});

describe('statistics', () => {
  it('of rates that do not vary are zero, or none', () => {
    expect(annualVolatility([0.1, 0.1, 0.1])).toBe(0);
    expect(correlation([0.1, 0.1, 0.1], [0.1, 0.2, 0.3])).toBeNull();
  });

  it('of rates that move together or against each other are 1 and -1', () => {
    expect(correlation([0.1, 0.2, 0.3], [1, 2, 3])).toBeCloseTo(1, 12);
    expect(correlation([0.1, 0.2, 0.3], [3, 2, 1])).toBeCloseTo(-1, 12);
  });
});
