import { aTime } from '@cnop/testing/builders/brands';
import { expect, it } from 'vitest';
import { formatAge } from '../../src/format/times.ts';

const NOON = '2026-01-31T12:00:00.000Z';

it.each([
  ['2026-01-31T11:59:57.000Z', '3 s ago'],
  ['2026-01-31T11:59:00.600Z', '59 s ago'],
  ['2026-01-31T11:58:59.000Z', '1 min ago'],
  ['2026-01-31T09:30:00.000Z', '2 h ago'],
  ['2026-01-31T12:00:05.000Z', '0 s ago'],
])('the age of %s at noon is %s', (at, age) => {
  expect(formatAge(aTime(at), Date.parse(NOON))).toBe(age);
});
