import type { Session } from '@cnop/common/auth/session-rules';
import {
  isLiveSession,
  replaceRefreshToken,
  revokeSession,
  rotateRefresh,
  sessionSchema,
  startSession,
} from '@cnop/common/auth/session-rules';
import { addSeconds } from '@cnop/common/core/clock';
import { aSessionId, aUsername } from '@cnop/testing/builders/brands';
import { aSession } from '@cnop/testing/builders/user';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const START = new Date('2026-01-15T12:00:00.000Z');
const DAY_SECONDS = 86_400;

describe('a session', () => {
  it('starts with generation 1 and a fixed end', () => {
    const session = startSession({
      id: aSessionId('session-1'),
      username: aUsername('alice'),
      now: START,
      lifetimeSeconds: DAY_SECONDS,
      userAgent: 'x'.repeat(1_000),
      address: '192.0.2.1',
    });
    expect(sessionSchema.parse(session)).toEqual(session);
    expect(session).toMatchObject({
      refresh_generation: 1,
      expires_at: '2026-01-16T12:00:00.000Z',
      revoked_at: null,
      user_agent: 'x'.repeat(256),
      address: '192.0.2.1',
    });
  });

  it('is live until its end, unless it was revoked', () => {
    const session = aSession({ expires_at: '2026-01-15T12:00:10.000Z' });
    expect(isLiveSession(session, addSeconds(START, 9))).toBe(true);
    expect(isLiveSession(session, addSeconds(START, 10))).toBe(false);
    expect(isLiveSession(revokeSession(session, START), START)).toBe(false);
  });

  it('is revoked once: the time of the first revocation stays', () => {
    const revoked = revokeSession(aSession(), START);
    expect(revokeSession(revoked, addSeconds(START, 5))).toBe(revoked);
    expect(revoked.revoked_at).toBe(START.toISOString());
  });
});

describe('a refresh token', () => {
  it('increments the generation of its session and does not prolong it', () => {
    const session = aSession();
    const now = addSeconds(START, 60);
    expect(rotateRefresh(session, 1, now)).toEqual({
      outcome: 'rotated',
      session: { ...session, refresh_generation: 2, refreshed_at: now.toISOString() },
    });
  });

  it.each([1, 2, 4, 5, 100])(
    'of generation %i ends the whole session when the good one is 3 or 4',
    (presented) => {
      const current = presented === 4 ? 3 : 4;
      const outcome = rotateRefresh(aSession({ refresh_generation: current }), presented, START);
      expect(outcome).toMatchObject({ outcome: 'reused', session: { revoked_at: START.toISOString() } });
    },
  );

  it.each([
    ['in the same moment', 0, 'repeated'],
    ['just within the grace', 9.999, 'repeated'],
    ['by a clock that is a minute behind', -60, 'repeated'],
    ['as the grace ends', 10, 'reused'],
    ['by a clock that was set back', -61, 'reused'],
  ])('that was used before, used again %s: %d seconds later, is %s', (_when, seconds, outcome) => {
    const session = aSession({ refresh_generation: 4 });
    const rotation = rotateRefresh(session, 3, addSeconds(START, seconds));
    expect(rotation.outcome).toBe(outcome);
    if (outcome === 'repeated') expect(rotation).toEqual({ outcome, session });
  });

  it('has no grace period once its successor was used', () => {
    const session = aSession({ refresh_generation: 5 });
    expect(rotateRefresh(session, 3, addSeconds(START, 1)).outcome).toBe('reused');
  });

  it('is refused without a grace period after it was replaced, and does not end the session', () => {
    const session = replaceRefreshToken(aSession({ refresh_generation: 4 }), addSeconds(START, 1));
    expect(rotateRefresh(session, 4, addSeconds(START, 2))).toEqual({ outcome: 'ended' });
    expect(rotateRefresh(session, 3, addSeconds(START, 2))).toEqual({ outcome: 'ended' });
    expect(rotateRefresh(session, 5, addSeconds(START, 2)).outcome).toBe('rotated');
  });

  it('of a session stored by an earlier version has the first generation 1', () => {
    const { first_generation: _absent, ...stored } = aSession();
    expect(sessionSchema.parse(stored).first_generation).toBe(1);
  });

  it('is refused once the session has ended', () => {
    const revoked = revokeSession(aSession(), START);
    expect(rotateRefresh(revoked, 1, START)).toEqual({ outcome: 'ended' });
    expect(rotateRefresh(aSession(), 1, addSeconds(START, 31 * DAY_SECONDS))).toEqual({ outcome: 'ended' });
  });
});

interface Step {
  readonly generation: number;
  readonly pauseSeconds: number;
}

const stepsArbitrary = fc.array(
  fc.record({ generation: fc.integer({ min: 1, max: 6 }), pauseSeconds: fc.integer({ min: 0, max: 30 }) }),
  { maxLength: 30, size: 'max' },
);

/** Presents tokens one after the other and stores the results, as the use case does. */
function play(steps: readonly Step[]) {
  let session: Session = aSession();
  let now = START;
  return steps.map((step) => {
    now = addSeconds(now, step.pauseSeconds);
    const before = session;
    const rotation = rotateRefresh(before, step.generation, now);
    if (rotation.outcome !== 'ended') session = rotation.session;
    return { step, before, after: session, outcome: rotation.outcome };
  });
}

describe('any sequence of refresh tokens', () => {
  it('raises the generation by at most one, and only for the valid token', () => {
    fc.assert(
      fc.property(stepsArbitrary, (steps) => {
        for (const { step, before, after, outcome } of play(steps)) {
          const isRotated = outcome === 'rotated';
          expect(after.refresh_generation).toBe(before.refresh_generation + (isRotated ? 1 : 0));
          if (isRotated) expect(step.generation).toBe(before.refresh_generation);
        }
      }),
    );
  });

  it('never revives an ended session', () => {
    fc.assert(
      fc.property(stepsArbitrary, (steps) => {
        let hasEnded = false;
        for (const { outcome, after } of play(steps)) {
          if (hasEnded) expect(outcome).toBe('ended');
          hasEnded ||= outcome === 'reused';
          expect(after.revoked_at !== null).toBe(hasEnded);
        }
      }),
    );
  });

  it('never changes the end of the session', () => {
    fc.assert(
      fc.property(stepsArbitrary, (steps) => {
        for (const { after } of play(steps)) expect(after.expires_at).toBe(aSession().expires_at);
      }),
    );
  });

  it('ends the session when two clients use the same token', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 3_600 }), fc.nat(5), (pauseSeconds, renewals) => {
        const own = Array.from({ length: renewals + 1 }, (_, index) => ({
          generation: index + 1,
          pauseSeconds: 60,
        }));
        const outcomes = play([...own, { generation: 1, pauseSeconds }]).map(({ outcome }) => outcome);
        expect(outcomes.at(-1)).toBe('reused');
      }),
    );
  });
});
