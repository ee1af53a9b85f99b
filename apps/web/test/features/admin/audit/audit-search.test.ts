import { describe, expect, it } from 'vitest';
import { dayAfter, dayOf } from '../../../../src/features/admin/audit/audit-search.ts';

describe('the days of the audit log', () => {
  it('are counted in UTC', () => {
    expect(dayOf(new Date('2026-01-31T23:59:59.999-01:00'))).toBe('2026-02-01');
  });

  it.each([
    ['2026-02-28', 1, '2026-03-01'],
    ['2028-02-28', 1, '2028-02-29'],
    ['2026-01-01', -1, '2025-12-31'],
  ])('%s and %i days is %s', (day, days, expected) => {
    expect(dayAfter(day, days)).toBe(expected);
  });
});
