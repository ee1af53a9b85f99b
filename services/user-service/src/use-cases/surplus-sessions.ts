import type { Session } from '@cnop/common/auth/session-rules';
import { isLiveSession } from '@cnop/common/auth/session-rules';
import { sessionRecord, sessionsOf } from '@cnop/common/auth/session-state';
import type { ItemKey, ReadItems, TableStore, Write } from '@cnop/common/database/table-store';

/** Live sessions that one user may have; one more ends the oldest. */
const MAX_SESSIONS_PER_USER = 20;
/** What one sign-in tidies up, so that its transaction stays within the limit of the store. */
const MAX_SESSIONS_CONSIDERED = 60;

/**
 * The sessions that make room for one more: those that ended, and the oldest above the limit.
 * Sign-ins at the very same moment may each leave one too many; the next one tidies up.
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

/** Keys of sessions by name, to be read in a transaction. */
export function sessionReads(sessions: readonly Session[]): Record<string, ItemKey> {
  return Object.fromEntries(
    sessions.map((session) => [`session ${session.session_id}`, sessionRecord.key(session)]),
  );
}

/** Deletes sessions that were read under `sessionReads`: one that is absent is as dead as a revoked one. */
export function deleteSessions(
  sessions: readonly Session[],
  items: ReadItems<Record<string, ItemKey>>,
): Write[] {
  return Object.keys(sessionReads(sessions)).flatMap((name) => {
    const item = items[name];
    return item ? [{ kind: 'delete', key: item.key } as const] : [];
  });
}
