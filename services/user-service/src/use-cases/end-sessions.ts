import { isLiveSession, revokeSession } from '@cnop/common/auth/session-rules';
import type { Session, SessionChecker } from '@cnop/common/auth/session-state';
import { sessionRecord, sessionsOf } from '@cnop/common/auth/session-state';
import type { TokenVerifier } from '@cnop/common/auth/token-manager';
import type { Clock } from '@cnop/common/core/clock';
import { readAll } from '@cnop/common/dao/read-page';
import type { TableStore } from '@cnop/common/database/table-store';

export interface EndSessionsDeps {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly sessions: SessionChecker;
  readonly verifier: TokenVerifier;
}

/**
 * Ends every live session of a user. Called after the commit that is the reason for it: a sign-in decides over the
 * same user item, so it either sees the change or its session is found here.
 * @param exceptSessionId the one that may go on, such as the one in which the password was changed
 */
export async function endSessions(
  deps: EndSessionsDeps,
  username: string,
  exceptSessionId?: string,
): Promise<void> {
  const now = deps.clock.now();
  const sessions = await readAll(deps.store, sessionsOf(username), sessionRecord.read);
  const ending = sessions.filter(
    (session) => isLiveSession(session, now) && session.session_id !== exceptSessionId,
  );
  await Promise.all(ending.map((session) => endSession(deps, session, now)));
}

async function endSession(
  deps: EndSessionsDeps,
  { username, session_id }: Session,
  now: Date,
): Promise<void> {
  await deps.store.transact({ session: sessionRecord.key({ username, session_id }) }, (items) => {
    const session = sessionRecord.readIfPresent(items.session);
    return { writes: session ? [sessionRecord.replace(revokeSession(session, now))] : [], result: undefined };
  });
  forgetSession(deps, session_id);
}

/** Lets this process notice at once that a session ended; others do within a second. */
export function forgetSession(
  { sessions, verifier }: Pick<EndSessionsDeps, 'sessions' | 'verifier'>,
  sessionId: string,
): void {
  sessions.forget(sessionId);
  verifier.forget(sessionId);
}
