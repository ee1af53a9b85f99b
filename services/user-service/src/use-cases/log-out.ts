import type { AuditEvent, AuditLogger } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import { isLiveSession, revokeSession } from '@cnop/common/auth/session-rules';
import { sessionRecord } from '@cnop/common/auth/session-state';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { Decision } from '@cnop/common/database/table-store';
import type { EndSessionsDeps } from './end-sessions.ts';
import { forgetSession } from './end-sessions.ts';
import { prepareSessionEvents } from './session-events.ts';

export interface LogOutDeps extends EndSessionsDeps {
  readonly audit: AuditLogger;
}

export interface LogOut {
  readonly username: string;
  readonly sessionId: string;
  readonly origin: RequestOrigin;
}

/**
 * Ends one session of a user. It is revoked before the response is sent.
 * @returns whether the session was live
 */
export async function logOut(deps: LogOutDeps, command: LogOut): Promise<boolean> {
  const { username, sessionId } = command;
  const now = deps.clock.now();
  const event = logoutEvent(deps.audit, command);
  const sessionEvents = prepareSessionEvents(deps.ids, [sessionId], now);
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
export function logoutEvent(audit: AuditLogger, { username, sessionId, origin }: LogOut): AuditEvent {
  const detail = { session_id: sessionId };
  return audit.eventOf({ type: 'logout', username, actor: username, ...origin, detail });
}
