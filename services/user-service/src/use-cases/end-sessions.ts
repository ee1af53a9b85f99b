import type { AuditEvent } from '@cnop/common/auth/audit-logger';
import { auditRecord } from '@cnop/common/auth/audit-logger';
import { isLiveSession, revokeSession } from '@cnop/common/auth/session-rules';
import type { Session, SessionChecker } from '@cnop/common/auth/session-state';
import { sessionRecord, sessionsOf } from '@cnop/common/auth/session-state';
import type { TokenVerifier } from '@cnop/common/auth/token-manager';
import type { Clock } from '@cnop/common/core/clock';
import type { IdSource } from '@cnop/common/core/ids';
import { readAll } from '@cnop/common/dao/read-page';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { Item, TableStore } from '@cnop/common/database/table-store';
import { prepareSessionEvents } from './session-events.ts';
import { sessionReads } from './surplus-sessions.ts';

/** Three items each, session, event and security event, so that a commit stays within the limit of the store. */
const MAX_SESSIONS_PER_COMMIT = 30;

export interface EndSessionsDeps {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly sessions: SessionChecker;
  readonly verifier: TokenVerifier;
}

export interface EndSessions {
  readonly username: string;
  /** The one that may go on, such as the one in which the password was changed. */
  readonly exceptSessionId?: string;
  /** The security event of one that ends, where nothing else that is recorded is the reason for it. */
  readonly auditOf?: (sessionId: string) => AuditEvent;
}

/**
 * Ends every live session of a user. Called after the commit that is the reason for it: a sign-in decides over the
 * same user item, so it either sees the change or its session is found here.
 * @returns how many ended
 */
export async function endSessions(deps: EndSessionsDeps, command: EndSessions): Promise<number> {
  const { username, exceptSessionId } = command;
  const now = deps.clock.now();
  const sessions = await readAll(deps.store, sessionsOf(username), sessionRecord.read);
  const ending = sessions.filter(
    (session) => isLiveSession(session, now) && session.session_id !== exceptSessionId,
  );
  let endedCount = 0;
  for (let first = 0; first < ending.length; first += MAX_SESSIONS_PER_COMMIT) {
    const together = ending.slice(first, first + MAX_SESSIONS_PER_COMMIT);
    endedCount += await endTogether(deps, command, together, now);
  }
  return endedCount;
}

/** In one commit with their events, all of which count on the same balance. */
async function endTogether(
  deps: EndSessionsDeps,
  { username, auditOf }: EndSessions,
  sessions: readonly Session[],
  now: Date,
): Promise<number> {
  const sessionIds = sessions.map(({ session_id }) => session_id);
  const sessionEvents = prepareSessionEvents(deps.ids, sessionIds, now);
  const audited = new Map(sessionIds.map((id) => [id, auditOf?.(id)]));
  const reads = { ...sessionReads(sessions), balance: balanceRecord.key({ username }) };
  const endedCount = await deps.store.transact(reads, (items: Readonly<Record<string, Item | undefined>>) => {
    const { balance, ...found } = items;
    const live = Object.values(found)
      .flatMap((item) => (item ? [sessionRecord.read(item)] : []))
      .filter((session) => isLiveSession(session, now));
    const ended = live.map((session) => sessionRecord.replace(revokeSession(session, now)));
    const endedIds = live.map(({ session_id }) => session_id);
    const audits = endedIds.flatMap((id) => audited.get(id) ?? []).map(auditRecord.create);
    const writes = [...ended, ...audits, ...sessionEvents(balance, endedIds)];
    return { writes, result: ended.length };
  });
  for (const sessionId of sessionIds) forgetSession(deps, sessionId);
  return endedCount;
}

/** Lets this process notice at once that a session ended; others do within a second. */
export function forgetSession(
  { sessions, verifier }: Pick<EndSessionsDeps, 'sessions' | 'verifier'>,
  sessionId: string,
): void {
  sessions.forget(sessionId);
  verifier.forget(sessionId);
}
