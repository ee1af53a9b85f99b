import type { Session } from '@cnop/common/auth/session-rules';
import { isLiveSession } from '@cnop/common/auth/session-rules';
import { sessionRecord, sessionsOf } from '@cnop/common/auth/session-state';
import type { ItemKey, ReadItems, TableStore, Write } from '@cnop/common/database/table-store';

/** Live sessions of one user; a further sign-in ends the oldest. */
const MAX_SESSIONS_PER_USER = 20;
/** Sessions that one sign-in may delete, since the store limits the items of a transaction. */
const MAX_SESSIONS_CONSIDERED = 60;

/**
 * Finds the sessions to delete for a new one: ended sessions, and the oldest above the limit. Concurrent sign-ins may leave
 * one too many each; the next sign-in deletes it.
 */
export async function findSurplusSessions(
  store: TableStore,
  username: string,
  now: Date,
): Promise<Session[]> {
  const page = await store.query({ ...sessionsOf(username), limit: MAX_SESSIONS_CONSIDERED });
  const sessions = page.items.map(sessionRecord.read);
  const live = sessions.filter((session) => isLiveSession(session, now));
  const ended = sessions.filter((session) => !isLiveSession(session, now));
  return [...ended, ...live.slice(0, Math.max(0, live.length + 1 - MAX_SESSIONS_PER_USER))];
}

/** Returns the keys of sessions, named for the reads of a transaction. */
export function sessionReads(sessions: readonly Session[]): Record<string, ItemKey> {
  return Object.fromEntries(
    sessions.map((session) => [`session ${session.session_id}`, sessionRecord.key(session)]),
  );
}

/** Returns the deletions of sessions that were read under `sessionReads`; absent ones need none. */
export function deleteSessions(
  sessions: readonly Session[],
  items: ReadItems<Record<string, ItemKey>>,
): Write[] {
  return Object.keys(sessionReads(sessions)).flatMap((name) => {
    const item = items[name];
    return item ? [{ kind: 'delete', key: item.key } as const] : [];
  });
}
