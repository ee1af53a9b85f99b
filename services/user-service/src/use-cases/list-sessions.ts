import type { Session } from '@cnop/common/auth/session-rules';
import { isLiveSession } from '@cnop/common/auth/session-rules';
import { sessionRecord, sessionsOf } from '@cnop/common/auth/session-state';
import type { Clock } from '@cnop/common/core/clock';
import { readAll } from '@cnop/common/dao/read-page';
import type { TableStore } from '@cnop/common/database/table-store';

/** Returns the live sessions of a user, newest first. A sign-in ends the oldest above a limit, so they are few. */
export async function listSessions(
  { store, clock }: { readonly store: TableStore; readonly clock: Clock },
  username: string,
): Promise<Session[]> {
  const now = clock.now();
  const sessions = await readAll(store, sessionsOf(username), sessionRecord.read);
  return sessions.filter((session) => isLiveSession(session, now)).toReversed();
}
