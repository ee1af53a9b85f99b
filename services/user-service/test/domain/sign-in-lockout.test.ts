import { addSeconds } from '@cnop/common/core/clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addFailure,
  MAX_SIGN_IN_FAILURES,
  SIGN_IN_FAILURE_WINDOW_SECONDS,
  secondsUntilNextTry,
} from '../../src/domain/sign-in-lockout.ts';

const START = new Date('2026-01-15T12:00:00.000Z');

describe('the limit of failed sign-ins', () => {
  it('allows at most five attempts in any five minutes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 80 }), (gaps) => {
        const tried: number[] = [];
        let failedAt: readonly string[] = [];
        let now = START;
        for (const gap of gaps) {
          now = addSeconds(now, gap);
          if (secondsUntilNextTry(failedAt, now) > 0) continue;
          failedAt = addFailure(failedAt, now);
          tried.push(now.getTime());
        }
        for (const [index, at] of tried.entries()) {
          const windowEnd = at + SIGN_IN_FAILURE_WINDOW_SECONDS * 1_000;
          const inWindow = tried.slice(index).filter((other) => other < windowEnd);
          expect(inWindow.length).toBeLessThanOrEqual(MAX_SIGN_IN_FAILURES);
        }
      }),
    );
  });

  it('allows the next attempt exactly after the wait that it returns', () => {
    let failedAt: readonly string[] = [];
    for (let i = 0; i < MAX_SIGN_IN_FAILURES; i += 1)
      failedAt = addFailure(failedAt, addSeconds(START, i * 10.5));
    const now = addSeconds(START, 60.25);
    const seconds = secondsUntilNextTry(failedAt, now);
    expect(seconds).toBe(240);
    expect(secondsUntilNextTry(failedAt, addSeconds(now, seconds))).toBe(0);
    expect(secondsUntilNextTry(failedAt, addSeconds(now, seconds - 1))).toBeGreaterThan(0);
  });

  it('keeps no more failures than it needs', () => {
    let failedAt: readonly string[] = [];
    for (let i = 0; i < 20; i += 1) failedAt = addFailure(failedAt, addSeconds(START, i));
    expect(failedAt).toHaveLength(MAX_SIGN_IN_FAILURES);
  });
});
