import type { IsoTime } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { addSeconds } from '@cnop/common/core/clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SignInHistory } from '../../src/domain/sign-in-limits.ts';
import {
  addFailure,
  historyExpiry,
  KNOWN_NETWORK_LIFETIME_SECONDS,
  MAX_KNOWN_NETWORKS,
  MAX_SIGN_IN_FAILURES,
  NO_SIGN_INS,
  SIGN_IN_FAILURE_WINDOW_SECONDS,
  secondsUntilNextGuess,
  secondsUntilNextTry,
  withFailure,
  withSuccess,
} from '../../src/domain/sign-in-limits.ts';

const START = new Date('2026-01-15T12:00:00.000Z');
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** Guesses as fast as allowed, each time from a new network; returns the number of evaluated guesses. */
function guessesWithin(seconds: number): number {
  let history: SignInHistory = NO_SIGN_INS;
  let now = START;
  let evaluated = 0;
  while (now < addSeconds(START, seconds)) {
    history = withFailure(history, now);
    evaluated += 1;
    now = addSeconds(now, secondsUntilNextGuess(history, `network-${evaluated}`, now));
  }
  return evaluated;
}

function failedTimes(count: number): SignInHistory {
  return Array.from({ length: count }).reduce<SignInHistory>(
    (history) => withFailure(history, START),
    NO_SIGN_INS,
  );
}

describe('the limit of failed sign-ins', () => {
  it('allows at most five attempts in any five minutes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 80, size: 'max' }), (gaps) => {
        const tried: number[] = [];
        let failedAt: readonly IsoTime[] = [];
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
    let failedAt: readonly IsoTime[] = [];
    for (let i = 0; i < MAX_SIGN_IN_FAILURES; i += 1)
      failedAt = addFailure(failedAt, addSeconds(START, i * 10.5));
    const now = addSeconds(START, 60.25);
    const seconds = secondsUntilNextTry(failedAt, now);
    expect(seconds).toBe(240);
    expect(secondsUntilNextTry(failedAt, addSeconds(now, seconds))).toBe(0);
    expect(secondsUntilNextTry(failedAt, addSeconds(now, seconds - 1))).toBeGreaterThan(0);
  });

  it('keeps no more failures than it needs', () => {
    let failedAt: readonly IsoTime[] = [];
    for (let i = 0; i < 20; i += 1) failedAt = addFailure(failedAt, addSeconds(START, i));
    expect(failedAt).toHaveLength(MAX_SIGN_IN_FAILURES);
  });
});

describe('the slow-down of an account', () => {
  it('does not delay ten failures and doubles the delay with each further one, up to a quarter of an hour', () => {
    const delays = Array.from({ length: 26 }, (_, count) =>
      secondsUntilNextGuess(failedTimes(count), 'x', START),
    );
    expect(delays).toEqual([
      ...Array.from({ length: 10 }, () => 0),
      1,
      2,
      4,
      8,
      16,
      32,
      64,
      128,
      256,
      512,
      900,
      900,
      900,
      900,
      900,
      900,
    ]);
  });

  it('allows 18 guesses in five minutes and 114 in the first day to an attacker who never pauses', () => {
    expect(guessesWithin(300)).toBe(18);
    expect(guessesWithin(DAY_SECONDS)).toBe(114);
  });

  it('forgets one failure for each hour without a failure', () => {
    const history = failedTimes(12);
    const waitAfter = (hours: number) => {
      const now = addSeconds(START, hours * HOUR_SECONDS);
      return secondsUntilNextGuess(withFailure(history, now), 'x', now);
    };
    expect([0, 1, 2, 3, 4].map(waitAfter)).toEqual([8, 4, 2, 1, 0]);
  });

  it('never delays a known network, for any number and times of failures', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 60, size: 'max' }), (gaps) => {
        let history = withSuccess(NO_SIGN_INS, 'home', START);
        let now = START;
        for (const gap of gaps) {
          now = addSeconds(now, gap);
          history = withFailure(history, now);
          expect(secondsUntilNextGuess(history, 'home', now)).toBe(0);
        }
      }),
    );
  });

  it('knows the ten latest networks, each for 90 days after its last success', () => {
    let history: SignInHistory = NO_SIGN_INS;
    for (let index = 0; index <= MAX_KNOWN_NETWORKS; index += 1) {
      history = withSuccess(history, `network-${index}`, addSeconds(START, index));
    }
    history = withSuccess(history, 'network-1', addSeconds(START, 60));
    expect(history.known_networks).toHaveLength(MAX_KNOWN_NETWORKS);
    const failed = { ...failedTimes(20), known_networks: history.known_networks };
    const waits = (network: string, at: Date) =>
      secondsUntilNextGuess({ ...failed, failed_at: isoTime(at) }, network, at);
    expect(waits('network-0', START)).toBeGreaterThan(0);
    expect(waits('network-1', START)).toBe(0);
    expect(waits('network-1', addSeconds(START, KNOWN_NETWORK_LIFETIME_SECONDS + 59))).toBe(0);
    expect(waits('network-1', addSeconds(START, KNOWN_NETWORK_LIFETIME_SECONDS + 60))).toBeGreaterThan(0);
  });

  it('keeps a history until its failures and networks have expired', () => {
    expect(historyExpiry(failedTimes(3))).toEqual(addSeconds(START, 3 * HOUR_SECONDS));
    expect(historyExpiry(withSuccess(failedTimes(3), 'home', START))).toEqual(
      addSeconds(START, KNOWN_NETWORK_LIFETIME_SECONDS),
    );
  });
});
