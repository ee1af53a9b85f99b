import { aTime } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HistoryRange } from '../../../src/portfolio/domain/history-times.ts';
import { historyTimes } from '../../../src/portfolio/domain/history-times.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOW = aTime('2026-01-15T12:34:56.789Z');
const LONG_AGO = aTime('2020-01-01T00:00:00.000Z');

/** The step in milliseconds, and the number of points including the present. */
const SHAPES: Readonly<Record<HistoryRange, readonly [step: number, points: number]>> = {
  '1d': [15 * MINUTE, 96],
  '1w': [60 * MINUTE, 168],
  '1m': [DAY, 30],
  '3m': [DAY, 90],
  '1y': [DAY, 365],
  all: [DAY, 1_000],
};
const ranges = Object.keys(SHAPES) as HistoryRange[];

describe('the moments of a history', () => {
  it.each(ranges)('of %s fill the range evenly for an old account', (range) => {
    const [step, points] = SHAPES[range];
    const times = historyTimes(range, { now: NOW, createdAt: LONG_AGO }).map((at) => Date.parse(at));
    expect(times).toHaveLength(points - 1);
    expect(times.every((at, i) => i === 0 || at - (times[i - 1] ?? 0) === step)).toBe(true);
    expect(Date.parse(NOW) - (times.at(-1) ?? 0)).toBeLessThan(step);
  });

  it('of a young account start at its creation', () => {
    const span = { now: aTime('2026-01-15T12:34:56.789Z'), createdAt: aTime('2026-01-13T08:00:00.001Z') };
    expect(historyTimes('all', span)).toEqual([
      '2026-01-13T08:00:00.001Z',
      '2026-01-14T00:00:00.000Z',
      '2026-01-15T00:00:00.000Z',
    ]);
    expect(historyTimes('1m', { ...span, createdAt: aTime('2026-01-14T00:00:00.000Z') })).toEqual([
      '2026-01-14T00:00:00.000Z',
      '2026-01-15T00:00:00.000Z',
    ]);
  });

  it('are empty for an account created now', () => {
    for (const range of ranges) expect(historyTimes(range, { now: NOW, createdAt: NOW })).toEqual([]);
  });

  it('ascend, lie between the creation of the account and now, and respect the limit of points', () => {
    const moment = fc.date({ min: new Date('2019-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...ranges), moment, moment, (range, one, other) => {
        const [createdAt, now] = [one, other].map((at) => at.toISOString()).toSorted();
        const span = { now: aTime(now ?? ''), createdAt: aTime(createdAt ?? '') };
        const times = historyTimes(range, span);
        const [step, points] = SHAPES[range];
        expect(times.length).toBeLessThan(points);
        expect(times).toEqual(times.toSorted());
        expect(new Set(times).size).toBe(times.length);
        for (const at of times) expect(at >= span.createdAt && at < span.now).toBe(true);
        // Either the range is full, or it reaches back to the creation.
        if (times.length < points - 1) expect(times[0] ?? span.now).toBe(span.createdAt);
        const isAligned = (at: string) => Date.parse(at) % step === 0;
        expect(times.slice(1).every(isAligned)).toBe(true);
      }),
    );
  });
});
