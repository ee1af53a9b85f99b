import { describe, expect, it } from 'vitest';
import { isStale, uptimeText } from '../../../../src/features/admin/health/health-words.ts';

describe('the health of the services', () => {
  it('becomes stale after two missed answers', () => {
    expect(isStale(0, 10_000)).toBe(false);
    expect(isStale(0, 12_001)).toBe(true);
  });

  it.each([
    [7.9, '7 s'],
    [61, '1 min 1 s'],
    [3_600, '1 h 0 min'],
    [90_061, '1 d 1 h'],
  ])('formats %i seconds as %s', (seconds, expected) => {
    expect(uptimeText(seconds)).toBe(expected);
  });
});
