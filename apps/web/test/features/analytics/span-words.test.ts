import { expect, it } from 'vitest';
import { formatSpan } from '../../../src/features/analytics/span-words.ts';

it.each([
  [0, '0 s'],
  [119, '119 s'],
  [120, '2 min'],
  [7_199, '119 min'],
  [7_200, '2 h'],
  [172_799, '47 h'],
  [172_800, '2 days'],
  [31_536_000, '365 days'],
])('%d seconds are %s', (seconds, words) => {
  expect(formatSpan(seconds)).toBe(words);
});
