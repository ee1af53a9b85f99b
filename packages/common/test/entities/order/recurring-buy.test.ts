import type { RecurringInterval } from '@cnop/common/entities/order/recurring-buy';
import { nextTime, recurringIntervalSchema } from '@cnop/common/entities/order/recurring-buy';
import { aTime } from '@cnop/testing/builders/brands';
import { assert, constantFrom, date, property } from 'fast-check';
import { describe, expect, it } from 'vitest';

const next = (every: RecurringInterval, startsAt: string, after: string) =>
  nextTime({ every, starts_at: aTime(startsAt) }, new Date(after));

describe('the next time of a schedule', () => {
  it('is its start until then', () => {
    expect(next('week', '2026-03-01T09:30:00.000Z', '2026-01-01T00:00:00.000Z')).toBe(
      '2026-03-01T09:30:00.000Z',
    );
  });

  it.each([
    ['day', '2026-03-02T09:30:00.000Z'],
    ['week', '2026-03-08T09:30:00.000Z'],
    ['two_weeks', '2026-03-15T09:30:00.000Z'],
    ['month', '2026-04-01T09:30:00.000Z'],
  ] as const)('is a %s after the start', (every, due) => {
    expect(next(every, '2026-03-01T09:30:00.000Z', '2026-03-01T09:30:00.000Z')).toBe(due);
  });

  it.each([
    ['2026-02-01T00:00:00.000Z', '2026-02-28T12:00:00.000Z'],
    ['2026-02-28T12:00:00.000Z', '2026-03-31T12:00:00.000Z'],
    ['2026-04-15T00:00:00.000Z', '2026-04-30T12:00:00.000Z'],
    ['2028-02-01T00:00:00.000Z', '2028-02-29T12:00:00.000Z'],
    ['2026-12-31T12:00:00.000Z', '2027-01-31T12:00:00.000Z'],
  ])('of a month that is too short is its last day: after %s', (after, due) => {
    expect(next('month', '2026-01-31T12:00:00.000Z', after)).toBe(due);
  });

  it('is later than the moment, and no time of the schedule lies between them', () => {
    const times = date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
    assert(
      property(constantFrom(...recurringIntervalSchema.options), times, times, (every, start, after) => {
        const schedule = { every, starts_at: aTime(start.toISOString()) };
        const due = new Date(nextTime(schedule, after));
        expect(due.getTime()).toBeGreaterThan(after.getTime());
        const justBefore = new Date(due.getTime() - 1);
        if (after < justBefore) expect(nextTime(schedule, justBefore)).toBe(due.toISOString());
      }),
    );
  });
});
