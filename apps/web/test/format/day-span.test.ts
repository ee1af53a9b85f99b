import { expect, it } from 'vitest';
import { chosenDays, daysSearchSchema, firstDay, searchOfDays } from '../../src/format/day-span.ts';

const NOON = Date.parse('2026-01-31T12:00:00.000Z');

it('a span ends today and has as many days as it says, in UTC', () => {
  expect(firstDay('7', NOON)).toBe('2026-01-25');
  expect(firstDay('30', NOON)).toBe('2026-01-02');
  expect(firstDay('30', Date.parse('2026-01-31T00:00:00.000Z'))).toBe('2026-01-02');
});

it('the default of 30 days is not in the address, and any other text means it', () => {
  expect(chosenDays({})).toBe('30');
  expect(searchOfDays('30')).toEqual({ days: undefined });
  expect(searchOfDays('90')).toEqual({ days: '90' });
  expect(chosenDays(daysSearchSchema.parse({ days: '90' }))).toBe('90');
  expect(chosenDays(daysSearchSchema.parse({ days: 'all' }))).toBe('30');
});
