import { describe, expect, it, vi } from 'vitest';
import {
  cashSearchSchema,
  isFiltered,
  ledgerFilterOf,
  periodProblem,
} from '../../../src/features/cash/cash-search.ts';

describe('the filter of the ledger', () => {
  it.each([
    ['UTC', '2026-01-31T00:00:00.000Z', '2026-01-31T23:59:59.999Z'],
    ['Asia/Tokyo', '2026-01-30T15:00:00.000Z', '2026-01-31T14:59:59.999Z'],
    ['America/New_York', '2026-01-31T05:00:00.000Z', '2026-02-01T04:59:59.999Z'],
  ])('covers a whole day in %s', (zone, start, end) => {
    vi.stubEnv('TZ', zone);
    expect(ledgerFilterOf({ from: '2026-01-31', to: '2026-01-31' })).toEqual({ type: undefined, start, end });
  });

  it('covers all 25 hours of the day on which the clocks go back', () => {
    vi.stubEnv('TZ', 'Europe/Berlin');
    const { start, end } = ledgerFilterOf({ from: '2026-10-25', to: '2026-10-25' });
    expect([start, end]).toEqual(['2026-10-24T22:00:00.000Z', '2026-10-25T22:59:59.999Z']);
  });

  it('is open at missing ends', () => {
    expect(ledgerFilterOf({ type: 'deposit' })).toEqual({
      type: 'deposit',
      start: undefined,
      end: undefined,
    });
  });

  it('reports a first day after the last one', () => {
    expect(periodProblem({ from: '2026-02-01', to: '2026-01-31' })).toBeTruthy();
    expect(periodProblem({ from: '2026-01-31', to: '2026-01-31' })).toBeUndefined();
    expect(periodProblem({ from: '2026-02-01' })).toBeUndefined();
  });

  it('tells whether it filters anything', () => {
    expect(isFiltered({})).toBe(false);
    expect(isFiltered({ move: 'withdraw' })).toBe(false);
    expect(isFiltered({ to: '2026-01-31' })).toBe(true);
  });
});

describe('search parameters', () => {
  it('ignore invalid values', () => {
    expect(cashSearchSchema.parse({ type: 'gift', from: '2026-02-30', to: 'soon', move: 1 })).toEqual({});
  });
});
