import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Session } from '@cnop/common/auth/session-rules';
import { revokeSession, rotateRefresh } from '@cnop/common/auth/session-rules';
import { createSessionChecker, sessionRecord, sessionsOf } from '@cnop/common/auth/session-state';
import { readAll } from '@cnop/common/dao/read-page';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import type { ItemKey, TableStore } from '@cnop/common/database/table-store';
import { AuthenticationError, UnavailableError } from '@cnop/exception/errors';
import { aTime, aUsername } from '@cnop/testing/builders/brands';
import { aSession } from '@cnop/testing/builders/user';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isoTime } from '../../src/core/brands.ts';

const BOB = aUsername('bob');

let folder = '';
let store: TableStore;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cnop-sessions-'));
  store = createLmdbTableStore({ path: folder });
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

let count = 0;
function newSession(overrides: Partial<Session> = {}): Session {
  count += 1;
  return aSession({ session_id: `session-${count}`, ...overrides });
}

async function save(session: Session): Promise<Session> {
  const key = sessionRecord.key(session);
  return store.transact({ key }, ({ key: item }) => ({
    writes: [item ? sessionRecord.replace(session) : sessionRecord.create(session)],
    result: session,
  }));
}

const identityOf = (session: Session) => ({ username: session.username, sessionId: session.session_id });

/** Wraps the real store and counts its reads. */
function countingStore() {
  const reads: ItemKey[] = [];
  const get: TableStore['get'] = async (key) => {
    reads.push(key);
    return store.get(key);
  };
  const batchGet: TableStore['batchGet'] = async (keys) => {
    reads.push(...keys);
    return store.batchGet(keys);
  };
  return { store: { get, batchGet }, reads };
}

function aChecker(maxAgeMilliseconds: number, maxCachedSessions?: number) {
  const clock = createFakeClock();
  const counting = countingStore();
  const checker = createSessionChecker({
    store: counting.store,
    clock,
    maxAgeMilliseconds,
    ...(maxCachedSessions !== undefined && { maxCachedSessions }),
  });
  return { clock, checker, reads: counting.reads };
}

describe('a stored session', () => {
  it('is read back unchanged, under its user, and expires when it ends', async () => {
    const session = await save(newSession({ user_agent: 'Browser', address: '192.0.2.1' }));
    const item = await store.get({ table: 'users', pk: 'alice', sk: `SESSION#${session.session_id}` });
    expect(item && sessionRecord.read(item)).toEqual(session);
    expect(sessionRecord.create(session)).toMatchObject({
      expiresAtEpochSeconds: Date.parse(session.expires_at) / 1_000,
    });
  });

  it('is listed with the sessions of its user', async () => {
    const [one, other] = [newSession({ username: BOB }), newSession({ username: BOB })];
    await save(one);
    await save(other);
    await save(newSession({ username: aUsername('bobby') }));
    expect(await readAll(store, sessionsOf(BOB), sessionRecord.read)).toEqual([one, other]);
  });

  it('is renewed once by a hundred concurrent uses of one token, and repeated for the others', async () => {
    const session = await save(newSession());
    const reads = { item: sessionRecord.key(session) };
    const now = new Date(session.created_at);
    const use = () =>
      store.transact(reads, ({ item }) => {
        const rotation = rotateRefresh(sessionRecord.read(item!), 1, now);
        const writes = rotation.outcome === 'rotated' ? [sessionRecord.replace(rotation.session)] : [];
        return { writes, result: rotation.outcome };
      });
    const outcomes = await Promise.all(Array.from({ length: 100 }, use));
    expect(outcomes.filter((outcome) => outcome === 'rotated')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'repeated')).toHaveLength(99);
    const stored = sessionRecord.readIfPresent(await store.get(reads.item));
    expect(stored).toMatchObject({ refresh_generation: 2, revoked_at: null });
  });
});

describe.each([0, 1_000])('a session checker that caches for %i ms', (maxAgeMilliseconds) => {
  it('accepts a live session', async () => {
    const { checker } = aChecker(maxAgeMilliseconds);
    await expect(checker.assertLive(identityOf(await save(newSession())))).resolves.toBeUndefined();
  });

  it('refuses an absent, a revoked and an expired session', async () => {
    const { checker, clock } = aChecker(maxAgeMilliseconds);
    const sessions = [
      newSession(),
      await save(newSession({ revoked_at: isoTime(clock.now()) })),
      await save(newSession({ expires_at: isoTime(clock.now()) })),
    ];
    for (const session of sessions) {
      await expect(checker.assertLive(identityOf(session))).rejects.toBeInstanceOf(AuthenticationError);
    }
  });

  it('refuses a session of another user, also when it is cached', async () => {
    const { checker } = aChecker(maxAgeMilliseconds);
    const session = await save(newSession());
    await checker.assertLive(identityOf(session));
    const other = { username: aUsername('mallory'), sessionId: session.session_id };
    await expect(checker.assertLive(other)).rejects.toBeInstanceOf(AuthenticationError);
    await expect(checker.assertLive(identityOf(session))).resolves.toBeUndefined();
  });

  it('refuses a revoked session within that time', async () => {
    const { checker, clock } = aChecker(maxAgeMilliseconds);
    const session = await save(newSession());
    await checker.assertLive(identityOf(session));
    await save(revokeSession(session, clock.now()));
    clock.advanceMilliseconds(maxAgeMilliseconds);
    await expect(checker.assertLive(identityOf(session))).rejects.toBeInstanceOf(AuthenticationError);
  });

  it('refuses every session when the store fails', async () => {
    const fail = () => Promise.reject(new UnavailableError());
    const failing = { get: fail, batchGet: fail };
    const checker = createSessionChecker({ store: failing, clock: createFakeClock(), maxAgeMilliseconds });
    await expect(checker.assertLive(identityOf(newSession()))).rejects.toBeInstanceOf(UnavailableError);
  });

  it.each([
    ['nothing', {}],
    ['no revocation', { expires_at: '2099-01-01T00:00:00.000Z' }],
    ['an odd revocation', { expires_at: '2099-01-01T00:00:00.000Z', revoked_at: false }],
    ['no end', { revoked_at: null }],
    ['an end that is a number', { expires_at: 4_070_908_800, revoked_at: null }],
    ['an end that is no time', { expires_at: 'never', revoked_at: null }],
  ])('refuses an item with %s', async (_name, attributes) => {
    const { checker } = aChecker(maxAgeMilliseconds);
    const session = newSession();
    const key = sessionRecord.key(session);
    await store.transact({}, () => ({ writes: [{ kind: 'create', key, attributes }], result: undefined }));
    await expect(checker.assertLive(identityOf(session))).rejects.toBeInstanceOf(AuthenticationError);
  });
});

describe('the reading of many sessions', () => {
  it('returns those that are revoked, expired or absent, and reads each once', async () => {
    const { checker, clock, reads } = aChecker(1_000);
    const live = await save(newSession());
    const ended = [
      newSession(),
      await save(newSession({ revoked_at: isoTime(clock.now()) })),
      await save(newSession({ expires_at: isoTime(clock.now()) })),
    ].map(identityOf);
    expect(await checker.readEnded([identityOf(live), ...ended, identityOf(live)])).toEqual(ended);
    expect(reads).toHaveLength(4);
  });

  it('reads more sessions than fit into one batch', async () => {
    const { checker } = aChecker(1_000);
    const sessions = await Promise.all(Array.from({ length: 150 }, async () => save(newSession())));
    const ended = identityOf(newSession());
    expect(await checker.readEnded([...sessions.map(identityOf), ended])).toEqual([ended]);
  });

  it('saves the next checks their reads, and finds a session that ended in spite of an earlier check', async () => {
    const { checker, clock, reads } = aChecker(1_000);
    const session = await save(newSession());
    await checker.readEnded([identityOf(session)]);
    expect(checker.isKnownLive(identityOf(session))).toBe(true);
    await save(revokeSession(session, clock.now()));
    expect(await checker.readEnded([identityOf(session)])).toEqual([identityOf(session)]);
    expect(checker.isKnownLive(identityOf(session))).toBe(false);
    expect(reads).toHaveLength(2);
  });
});

describe('the cache of the session checker', () => {
  it('is empty at age 0', async () => {
    const { checker, reads } = aChecker(0);
    const session = await save(newSession());
    for (let turn = 0; turn < 3; turn += 1) await checker.assertLive(identityOf(session));
    expect(reads).toHaveLength(3);
  });

  it('saves reads until an entry is too old', async () => {
    const { checker, clock, reads } = aChecker(1_000);
    const identity = identityOf(await save(newSession()));
    await checker.assertLive(identity);
    clock.advanceMilliseconds(999);
    await checker.assertLive(identity);
    expect(reads).toHaveLength(1);
    clock.advanceMilliseconds(1);
    await checker.assertLive(identity);
    expect(reads).toHaveLength(2);
  });

  it('is not prolonged when the clock is set back', async () => {
    const { checker, clock, reads } = aChecker(1_000);
    const identity = identityOf(await save(newSession()));
    await checker.assertLive(identity);
    clock.advanceSeconds(-3_600);
    await checker.assertLive(identity);
    expect(reads).toHaveLength(2);
  });

  it('does not outlast a session', async () => {
    const { checker, clock } = aChecker(60_000);
    const session = await save(newSession({ expires_at: aTime('2026-01-15T12:00:30.000Z') }));
    await checker.assertLive(identityOf(session));
    clock.advanceSeconds(30);
    await expect(checker.assertLive(identityOf(session))).rejects.toBeInstanceOf(AuthenticationError);
  });

  it('is invalidated by forget and by clear, also during a read', async () => {
    const { checker, reads } = aChecker(60_000);
    const session = await save(newSession());
    const identity = identityOf(session);
    const reading = checker.assertLive(identity);
    checker.forget(session.session_id);
    await reading;
    await checker.assertLive(identity);
    expect(reads).toHaveLength(2);
    checker.clear();
    await checker.assertLive(identity);
    expect(reads).toHaveLength(3);
  });

  it('is bounded: the session that was read longest ago is removed', async () => {
    const { checker, reads } = aChecker(60_000, 2);
    const identities = [];
    for (let turn = 0; turn < 3; turn += 1) identities.push(identityOf(await save(newSession())));
    for (const identity of identities) await checker.assertLive(identity);
    for (const identity of identities.slice(1)) await checker.assertLive(identity);
    expect(reads).toHaveLength(3);
    for (const identity of identities.slice(0, 1)) await checker.assertLive(identity);
    expect(reads).toHaveLength(4);
  });
});
