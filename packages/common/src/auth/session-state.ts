import { AuthenticationError } from '@cnop/exception/errors';
import type { Clock } from '../core/clock.ts';
import { epochSeconds } from '../core/clock.ts';
import { defineRecord } from '../dao/record.ts';
import type { Item, Query, TableStore } from '../database/table-store.ts';
import type { Session } from './session-rules.ts';
import { sessionSchema } from './session-rules.ts';

export type { Session } from './session-rules.ts';

const SESSION_PREFIX = 'SESSION#';
/** A session that ended in another process is refused here within this time; one that ended in ours, at once. */
const MAX_AGE_MILLISECONDS = 1_000;
const MAX_CACHED_SESSIONS = 10_000;

/** How sessions are stored. They expire with their end, since an absent session is not live either. */
export const sessionRecord = defineRecord<Session, Pick<Session, 'username' | 'session_id'>>({
  table: 'users',
  schema: sessionSchema,
  key: ({ username, session_id }) => ({ pk: username, sk: SESSION_PREFIX + session_id }),
  expiresAtEpochSeconds: (session) => epochSeconds(new Date(session.expires_at)),
});

/** All sessions of a user, those that ended lately included, in the order of their beginnings. */
export function sessionsOf(username: string): Pick<Query, 'table' | 'pk' | 'sk' | 'order'> {
  return { table: 'users', pk: username, sk: { prefix: SESSION_PREFIX }, order: 'ascending' };
}

export interface SessionCheckerOptions {
  readonly store: Pick<TableStore, 'get'>;
  readonly clock: Clock;
  /** How long a session that was live is believed to be; 0 reads the store every time. */
  readonly maxAgeMilliseconds?: number;
  readonly maxCachedSessions?: number;
}

export interface SessionChecker {
  /**
   * Resolves when the session of an access token is live.
   * @throws AuthenticationError when it is absent, revoked or expired
   */
  assertLive(identity: SessionIdentity): Promise<void>;
  /** True when the session was live a moment ago; otherwise only `assertLive` can say. */
  isKnownLive(identity: SessionIdentity): boolean;
  /** Makes the next check of a session read the store. */
  forget(sessionId: string): void;
  clear(): void;
}

export interface SessionIdentity {
  readonly username: string;
  readonly sessionId: string;
}

interface Sighting {
  readonly username: string;
  /** When the read began: what it saw was true then, not when it ended. */
  readonly seenAtMilliseconds: number;
  readonly expiresAtMilliseconds: number;
}

/**
 * Makes the check that turns a revoked session away. Only live sessions are remembered, so that one which was just
 * created never waits for an older answer to fade.
 */
export function createSessionChecker(options: SessionCheckerOptions): SessionChecker {
  const {
    store,
    clock,
    maxAgeMilliseconds = MAX_AGE_MILLISECONDS,
    maxCachedSessions = MAX_CACHED_SESSIONS,
  } = options;
  const sightings = new Map<string, Sighting>();
  let forgotten = 0;

  function isKnownLive({ username, sessionId }: SessionIdentity): boolean {
    const nowMilliseconds = clock.now().getTime();
    const sighting = sightings.get(sessionId);
    if (sighting?.username !== username) return false;
    const ageMilliseconds = nowMilliseconds - sighting.seenAtMilliseconds;
    // Not negative: a clock that was set back must not make an old sighting young.
    return (
      ageMilliseconds >= 0 &&
      ageMilliseconds < maxAgeMilliseconds &&
      nowMilliseconds < sighting.expiresAtMilliseconds
    );
  }

  function remember(sessionId: string, sighting: Sighting): void {
    // Set anew, so that the order of the map is the order of the sightings.
    sightings.delete(sessionId);
    const oldest = sightings.size >= maxCachedSessions ? sightings.keys().next().value : undefined;
    if (oldest !== undefined) sightings.delete(oldest);
    sightings.set(sessionId, sighting);
  }

  return {
    isKnownLive,
    async assertLive(identity) {
      if (isKnownLive(identity)) return;
      const { username, sessionId } = identity;
      const seenAtMilliseconds = clock.now().getTime();
      const forgottenBefore = forgotten;
      const item = await store.get(sessionRecord.key({ username, session_id: sessionId }));
      const expiresAtMilliseconds = endOfUnrevoked(item);
      if (expiresAtMilliseconds === undefined || expiresAtMilliseconds <= clock.now().getTime()) {
        sightings.delete(sessionId);
        throw new AuthenticationError('The session has ended.');
      }
      if (maxAgeMilliseconds === 0 || forgotten !== forgottenBefore) return;
      remember(sessionId, { username, seenAtMilliseconds, expiresAtMilliseconds });
    },
    forget(sessionId) {
      forgotten += 1;
      sightings.delete(sessionId);
    },
    clear() {
      forgotten += 1;
      sightings.clear();
    },
  };
}

/**
 * When a session ends that nobody revoked. Looks at two attributes only, since parsing the whole item at every request
 * would cost more than reading it; whatever is not as it should be does not let anybody in.
 */
function endOfUnrevoked(item: Item | undefined): number | undefined {
  const { revoked_at, expires_at } = item?.attributes ?? {};
  if (revoked_at !== null || typeof expires_at !== 'string') return undefined;
  const expiresAtMilliseconds = Date.parse(expires_at);
  return Number.isNaN(expiresAtMilliseconds) ? undefined : expiresAtMilliseconds;
}
