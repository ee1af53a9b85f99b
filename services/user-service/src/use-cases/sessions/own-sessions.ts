import type { AuditLogger } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { Session } from '@cnop/common/auth/session-rules';
import { isLiveSession, revokeSession } from '@cnop/common/auth/session-rules';
import { sessionRecord, sessionsOf } from '@cnop/common/auth/session-state';
import type { SessionId, Username } from '@cnop/common/core/brands';
import { readAll } from '@cnop/common/dao/read-page';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { Decision } from '@cnop/common/database/table-store';
import type { AuditEvent } from '@cnop/common/entities/user/audit-event';
import type { SessionEnd } from '@cnop/common/entities/user/live-event';
import { NotFoundError } from '@cnop/exception/errors';
import type { UserDependencies } from '../dependencies.ts';
import type { EndSessionsDeps } from './end-sessions.ts';
import { endSessions, forgetSession, prepareSessionEvents } from './end-sessions.ts';

/** Returns the live sessions of a user, newest first. A sign-in ends the oldest above a limit, so they are few. */
export async function listSessions(
  { store, clock }: Pick<UserDependencies, 'store' | 'clock'>,
  username: Username,
): Promise<Session[]> {
  const now = clock.now();
  const sessions = await readAll(store, sessionsOf(username), sessionRecord.read);
  return sessions.filter((session) => isLiveSession(session, now)).toReversed();
}

type LogOutDeps = EndSessionsDeps & Pick<UserDependencies, 'audit'>;

interface LogOut {
  readonly username: Username;
  readonly sessionId: SessionId;
  readonly origin: RequestOrigin;
}

/** The reason of an end by the user: in the session itself, or in another one. */
type EndByUser = Extract<SessionEnd, 'signed_out' | 'ended_by_user'>;

/**
 * Ends one session of a user. It is revoked before the response is sent.
 * @returns whether the session was live
 */
export async function logOut(
  deps: LogOutDeps,
  command: LogOut,
  reason: EndByUser = 'signed_out',
): Promise<boolean> {
  const { username, sessionId } = command;
  const now = deps.clock.now();
  const event = logoutEvent(deps.audit, command);
  const sessionEvents = prepareSessionEvents(deps.ids, [sessionId], { reason, now });
  const reads = {
    session: sessionRecord.key({ username, session_id: sessionId }),
    balance: balanceRecord.key({ username }),
  };
  const wasLive = await deps.store.transact(reads, (items): Decision<boolean> => {
    const session = sessionRecord.readIfPresent(items.session);
    if (!session || !isLiveSession(session, now)) return { writes: [], result: false };
    const ended = sessionRecord.replace(revokeSession(session, now));
    const writes = [ended, deps.audit.writeFor(event), ...sessionEvents(items.balance, [sessionId])];
    return { writes, result: true };
  });
  forgetSession(deps, sessionId);
  return wasLive;
}

/** Returns the audit event of a session ended by its own user. */
function logoutEvent(audit: AuditLogger, { username, sessionId, origin }: LogOut): AuditEvent {
  const detail = { session_id: sessionId };
  return audit.eventOf({ type: 'logout', username, actor: username, ...origin, detail });
}

/**
 * Ends one of the caller's own sessions, possibly the acting one.
 * @throws NotFoundError (404) when the user has no such live session
 */
export async function endOwnSession(deps: LogOutDeps, command: LogOut): Promise<void> {
  const wasLive = await logOut(deps, command, 'ended_by_user');
  if (!wasLive) throw new NotFoundError('The session');
}

/**
 * Ends every session of a user except the acting one.
 * @returns the number of sessions that ended
 */
export async function endOtherSessions(deps: LogOutDeps, command: LogOut): Promise<number> {
  const { username, sessionId: exceptSessionId } = command;
  const auditOf = (sessionId: SessionId) => logoutEvent(deps.audit, { ...command, sessionId });
  return endSessions(deps, { username, reason: 'ended_by_user', exceptSessionId, auditOf });
}
