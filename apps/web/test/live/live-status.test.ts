import { describe, expect, it } from 'vitest';
import { liveStateOf, maxSilenceAfter } from '../../src/live/live-status.ts';
import { backoffMilliseconds } from '../../src/live/stream-connection.ts';

const at = (isConnected: boolean, lastActivityAtMilliseconds: number | undefined, now: number) =>
  liveStateOf({ isConnected, lastActivityAtMilliseconds, maxSilenceMilliseconds: 4_000 }, now);

describe('the state of live prices', () => {
  it('is live while there is activity', () => {
    expect(at(true, 10_000, 14_000)).toEqual({ kind: 'live' });
  });

  it('is reconnecting while the last price is recent', () => {
    expect(at(false, 10_000, 13_000)).toEqual({ kind: 'reconnecting' });
  });

  it('is stale after a long silence, connected or not', () => {
    const stale = { kind: 'stale', sinceMilliseconds: 10_000 };
    expect(at(true, 10_000, 14_001)).toEqual(stale);
    expect(at(false, 10_000, 60_000)).toEqual(stale);
  });

  it('allows longer silences on a slow connection, but not on a lost one', () => {
    const signs = { lastActivityAtMilliseconds: 10_000, maxSilenceMilliseconds: 20_000 };
    expect(liveStateOf({ ...signs, isConnected: true }, 29_000)).toEqual({ kind: 'live' });
    expect(liveStateOf({ ...signs, isConnected: false }, 14_001).kind).toBe('stale');
  });

  it('is connecting before the first activity', () => {
    expect(at(true, undefined, 0)).toEqual({ kind: 'connecting' });
    expect(at(false, undefined, 0)).toEqual({ kind: 'reconnecting' });
  });
});

describe('the maximum silence', () => {
  it('is less than five seconds with prices every second', () => {
    expect(maxSilenceAfter([1_000, 1_000, 1_100])).toBe(4_000);
  });

  it('grows with the usual gap up to a missed heartbeat', () => {
    expect(maxSilenceAfter([3_000, 3_000, 2_900])).toBe(9_000);
    expect(maxSilenceAfter([15_000, 15_000, 15_000])).toBe(20_000);
  });

  it('ignores one long gap', () => {
    expect(maxSilenceAfter([1_000, 14_000, 1_000])).toBe(4_000);
  });

  it('is that of a heartbeat until the usual gap is known, since prices may stand still', () => {
    expect(maxSilenceAfter([])).toBe(20_000);
    expect(maxSilenceAfter([1_000, 1_000])).toBe(20_000);
  });
});

describe('the delay before the next attempt', () => {
  it('doubles and is bounded', () => {
    expect([1, 2, 3, 30].map((failures) => backoffMilliseconds(failures, 1))).toEqual([
      500, 1_000, 2_000, 15_000,
    ]);
  });

  it('is at least half of the bound, so that clients spread out', () => {
    expect(backoffMilliseconds(3, 0)).toBe(1_000);
  });
});
