import { describe, expect, it } from 'vitest';
import { extremesOf } from '../../../src/features/portfolio/extremes.ts';

describe('the extremes of a series', () => {
  it('are its ends and its lowest and highest points, compared as numbers', () => {
    const points = ['9.00', '10.00', '-2.00', '8.00'].map((value) => ({ at: value, value }));
    const found = extremesOf(points);
    expect([found?.first, found?.last, found?.low, found?.high].map((point) => point?.value)).toEqual([
      '9.00',
      '8.00',
      '-2.00',
      '10.00',
    ]);
  });

  it('are none of nothing', () => {
    expect(extremesOf([])).toBeUndefined();
  });
});
