import { AuthenticationError } from '@cnop/exception/errors';
import type { SessionId, Username } from '../core/brands.ts';
import type { Clock } from '../core/clock.ts';
import { epochSeconds } from '../core/clock.ts';
import { defineRecord } from '../dao/record.ts';
import type { Item, ItemKey, Query, TableStore } from '../database/table-store.ts';
import { MAX_BATCH_GET_ITEMS } from '../database/table-store.ts';
import { KEYS } from '../database/tables.ts';
import type { Session } from './session-rules.ts';
import { sessionSchema } from './session-rules.ts';

/** The time in which a session that another process ended may still be accepted here. */
const MAX_AGE_MILLISECONDS = 1_000;
const MAX_CACHED_SESSIONS = 10_000;

/** The record of a session. It expires when the session ends, since an absent session is not live either. */
export const sessionRecord = defineRecord<Session, Pick<Session, 'username' | 'session_id'>>({
  table: 'users',
  schema: sessionSchema,
  key: ({ username, session_id }) => ({ pk: username, sk: KEYS.users.session.skPrefix + session_id }),
  expiresAtEpochSeconds: (session) => epochSeconds(new Date(session.expires_at)),
});

/** Returns the query for all sessions of a user, including recently ended ones, in the order of their start. */
export function sessionsOf(username: Username): Pick<Query, 'table' | 'pk' | 'sk' | 'order'> {
  return { table: 'users', pk: username, sk: { prefix: KEYS.users.session.skPrefix }, order: 'ascending' };
}

/** The store of the sessions, and the limits of the cache. */
export interface SessionCheckerOptions {
  readonly store: Pick<TableStore, 'get' | 'batchGet'>;
  readonly clock: Clock;
  /** The time for which a live session is cached; 0 reads the store every time. */
  readonly maxAgeMilliseconds?: number;
  readonly maxCachedSessions?: number;
}

/** Checks that sessions are live, with a short cache. */
export interface SessionChecker {
  /**
   * Resolves when the session of an access token is live.
   * @throws AuthenticationError (401) when it is absent, revoked or expired
   */
  assertLive(identity: SessionIdentity): Promise<void>;
  /** Returns whether the cache has the session as live; if not, call `assertLive`. */
  isKnownLive(identity: SessionIdentity): boolean;
  /**
   * Reads the sessions from the store, each once, and returns those that are not live. The others are cached, so that the
   * next requests in them need no read.
   */
  readEnded(identities: readonly SessionIdentity[]): Promise<readonly SessionIdentity[]>;
  /** Makes the next check of a session read the store. */
  forget(sessionId: SessionId): void;
  clear(): void;
}

/** The session that an access token belongs to. */
export interface SessionIdentity {
  readonly username: Username;
  readonly sessionId: SessionId;
}

interface Sighting {
  readonly username: Username;
  /** The start of the read, since the result was true then. */
  readonly seenAtMilliseconds: number;
  readonly expiresAtMilliseconds: number;
}

/**
 * Creates the checker of sessions. It caches live sessions only, so that a new session is accepted at once.
 */
export function createSessionChecker(options: SessionCheckerOptions): SessionChecker {
  const {
    store,
    clock,
    maxAgeMilliseconds = MAX_AGE_MILLISECONDS,
    maxCachedSessions = MAX_CACHED_SESSIONS,
  } = options;
  const sightings = new Map<SessionId, Sighting>();
  let forgotten = 0;

  function isKnownLive({ username, sessionId }: SessionIdentity): boolean {
    const nowMilliseconds = clock.now().getTime();
    const sighting = sightings.get(sessionId);
    if (sighting?.username !== username) return false;
    const ageMilliseconds = nowMilliseconds - sighting.seenAtMilliseconds;
    // Negative when the clock was set back, which must not prolong the cache.
    return (
      ageMilliseconds >= 0 &&
      ageMilliseconds < maxAgeMilliseconds &&
      nowMilliseconds < sighting.expiresAtMilliseconds
    );
  }

  function remember(sessionId: SessionId, sighting: Sighting): void {
    // Reinserted, so that the order of the map is the order of the reads.
    sightings.delete(sessionId);
    const oldest = sightings.size >= maxCachedSessions ? sightings.keys().next().value : undefined;
    if (oldest !== undefined) sightings.delete(oldest);
    sightings.set(sessionId, sighting);
  }

  /** Starts the sighting of sessions. Returns the function that takes an item read since, and tells whether it is live. */
  function startSighting(): (identity: SessionIdentity, item: Item | undefined) => boolean {
    const seenAtMilliseconds = clock.now().getTime();
    const forgottenBefore = forgotten;
    return ({ username, sessionId }, item) => {
      const expiresAtMilliseconds = endOfUnrevoked(item);
      if (expiresAtMilliseconds === undefined || expiresAtMilliseconds <= clock.now().getTime()) {
        sightings.delete(sessionId);
        return false;
      }
      if (maxAgeMilliseconds > 0 && forgotten === forgottenBefore)
        remember(sessionId, { username, seenAtMilliseconds, expiresAtMilliseconds });
      return true;
    };
  }

  return {
    isKnownLive,
    async assertLive(identity) {
      if (isKnownLive(identity)) return;
      const see = startSighting();
      if (!see(identity, await store.get(keyOf(identity)))) {
        throw new AuthenticationError('The session has ended.');
      }
    },
    async readEnded(identities) {
      const ended = inBatches(identities).map(async (batch) => {
        const see = startSighting();
        const items = await store.batchGet(batch.map(keyOf));
        return batch.filter((identity, position) => !see(identity, items[position]));
      });
      return (await Promise.all(ended)).flat();
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

/** Returns each session once, in batches of one read. */
function inBatches(identities: readonly SessionIdentity[]): SessionIdentity[][] {
  const distinct = [...new Map(identities.map((identity) => [identity.sessionId, identity])).values()];
  const batches: SessionIdentity[][] = [];
  for (let first = 0; first < distinct.length; first += MAX_BATCH_GET_ITEMS)
    batches.push(distinct.slice(first, first + MAX_BATCH_GET_ITEMS));
  return batches;
}

function keyOf({ username, sessionId }: SessionIdentity): ItemKey {
  return sessionRecord.key({ username, session_id: sessionId });
}

/**
 * Returns the end of a session, or undefined when it is revoked or its attributes are not valid. It reads only two
 * attributes, since parsing the whole item for every request would cost more than reading it.
 */
function endOfUnrevoked(item: Item | undefined): number | undefined {
  const { revoked_at, expires_at } = item?.attributes ?? {};
  if (revoked_at !== null || typeof expires_at !== 'string') return undefined;
  const expiresAtMilliseconds = Date.parse(expires_at);
  return Number.isNaN(expiresAtMilliseconds) ? undefined : expiresAtMilliseconds;
}
