import { aTime } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import type { PeriodRequest } from '../../../src/performance/domain/performance-period.ts';
import { MAX_PERIOD_DAYS, performancePeriod } from '../../../src/performance/domain/performance-period.ts';

const NOW = aTime('2026-03-31T10:20:00.000Z');
const OLD = aTime('2020-05-05T05:05:05.000Z');

const periodOf = (request: PeriodRequest, createdAt = OLD) =>
  performancePeriod(request, { now: NOW, createdAt });

describe('a period of performance', () => {
  it.each([
    ['1d', '2026-03-30T10:20:00.000Z', '15m', 97],
    ['1w', '2026-03-24T10:20:00.000Z', '1h', 169],
    // February is too short for the 31st.
    ['1m', '2026-02-28T10:20:00.000Z', '1d', 32],
    ['3m', '2025-12-31T10:20:00.000Z', '1d', 91],
    ['ytd', '2026-01-01T00:00:00.000Z', '1d', 90],
    ['1y', '2025-03-31T10:20:00.000Z', '1d', 366],
  ] as const)('of %s begins at %s', (range, from, interval, points) => {
    const period = periodOf({ range });
    expect(period).toMatchObject({ from, to: NOW, interval, isYounger: false, isCut: false });
    expect(period.times).toHaveLength(points);
    expect(period.times[0]).toBe(from);
    expect(new Set(period.times).size).toBe(points);
  });

  it('of all time begins with the account, unless that is too long ago', () => {
    const young = aTime('2026-03-01T00:00:00.000Z');
    expect(periodOf({ range: 'all' }, young)).toMatchObject({ from: young, isYounger: false, isCut: false });
    const old = periodOf({ range: 'all' });
    expect(old).toMatchObject({ from: '2023-07-15T10:20:00.000Z', isCut: true });
    expect(old.times.length).toBeLessThanOrEqual(MAX_PERIOD_DAYS + 1);
  });

  it('begins with an account that is younger', () => {
    const createdAt = aTime('2026-03-31T10:00:00.000Z');
    expect(periodOf({ range: '1y' }, createdAt)).toMatchObject({
      from: createdAt,
      interval: '15m',
      times: [createdAt, '2026-03-31T10:15:00.000Z'],
      isYounger: true,
    });
    expect(periodOf({ range: '1y' }, NOW)).toMatchObject({ from: NOW, to: NOW, times: [NOW] });
  });

  it('between two moments ends with the midnight after its last day, and not in the future', () => {
    const [from, to] = [aTime('2026-02-01T00:00:00.000Z'), aTime('2026-02-28T23:59:59.999Z')];
    const february = periodOf({ from, to });
    expect(february).toMatchObject({ from, to: '2026-03-01T00:00:00.000Z', interval: '1d' });
    expect(february.times).toHaveLength(29);
    expect(periodOf({ from, to: aTime('2027-01-01T00:00:00.000Z') })).toMatchObject({ to: NOW });
    expect(periodOf({ from: undefined, to }, from)).toMatchObject({ from, isYounger: false });
  });

  it('takes longer candles for days whose short ones are deleted', () => {
    const day = (text: string) => ({
      from: aTime(`${text}T00:00:00.000Z`),
      to: aTime(`${text}T23:59:59.999Z`),
    });
    expect(periodOf(day('2026-03-01')).interval).toBe('15m');
    expect(periodOf(day('2025-06-01')).interval).toBe('1h');
    expect(periodOf(day('2023-06-01')).interval).toBe('1d');
  });

  it('before the account has no time', () => {
    const moment = aTime('2019-01-01T00:00:00.000Z');
    const before = periodOf({ from: aTime('2018-01-01T00:00:00.000Z'), to: moment });
    expect(before).toMatchObject({ from: moment, to: moment, times: [moment], isYounger: true });
  });
});
