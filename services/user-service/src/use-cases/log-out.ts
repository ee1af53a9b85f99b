import type { AuditLogger } from '@cnop/common/auth/audit-logger';
import { revokeSession } from '@cnop/common/auth/session-rules';
import { sessionRecord } from '@cnop/common/auth/session-state';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { EndSessionsDeps } from './end-sessions.ts';
import { forgetSession } from './end-sessions.ts';
import type { RequestOrigin } from './request-origin.ts';
import { prepareSessionEvents } from './session-events.ts';

export interface LogOutDeps extends EndSessionsDeps {
  readonly audit: AuditLogger;
}

export interface LogOut {
  readonly username: string;
  readonly sessionId: string;
  readonly origin: RequestOrigin;
}

/** Ends the session that asks for it; its tokens are worth nothing from the answer on. */
export async function logOut(deps: LogOutDeps, { username, sessionId, origin }: LogOut): Promise<void> {
  const now = deps.clock.now();
  const event = deps.audit.eventOf({ type: 'logout', username, actor: username, ...origin });
  const sessionEvents = prepareSessionEvents(deps.ids, [sessionId], now);
  const reads = {
    session: sessionRecord.key({ username, session_id: sessionId }),
    balance: balanceRecord.key({ username }),
  };
  await deps.store.transact(reads, (items) => {
    const session = sessionRecord.readIfPresent(items.session);
    if (!session) return { writes: [], result: undefined };
    const ended = sessionRecord.replace(revokeSession(session, now));
    const writes = [ended, deps.audit.writeFor(event), ...sessionEvents(items.balance, [sessionId])];
    return { writes, result: undefined };
  });
  forgetSession(deps, sessionId);
}
