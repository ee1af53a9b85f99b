import { auditRecord } from '@cnop/common/auth/audit-logger';
import type { Session } from '@cnop/common/auth/session-rules';
import { isLiveSession, revokeSession } from '@cnop/common/auth/session-rules';
import { sessionRecord, sessionsOf } from '@cnop/common/auth/session-state';
import type { SessionId, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { IdSource } from '@cnop/common/core/ids';
import { readAll } from '@cnop/common/dao/read-page';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import type { Item, ItemKey, Write } from '@cnop/common/database/table-store';
import type { AuditEvent } from '@cnop/common/entities/user/audit-event';
import type { Change, SessionEnd } from '@cnop/common/entities/user/live-event';
import { nextEvent } from '@cnop/common/entities/user/live-event';
import type { UserDependencies } from '../dependencies.ts';

/** A session takes three items (session, event, audit event), and the store limits the items of a commit. */
const MAX_SESSIONS_PER_COMMIT = 30;

export type EndSessionsDeps = Pick<UserDependencies, 'store' | 'clock' | 'ids' | 'sessions' | 'verifier'>;

interface EndSessions {
  readonly username: Username;
  readonly reason: SessionEnd;
  /** A session that stays live, such as the one in which the password was changed. */
  readonly exceptSessionId?: SessionId;
  /** Makes the audit event of an ended session; absent where another audit event records the reason. */
  readonly auditOf?: (sessionId: SessionId) => AuditEvent;
}

/**
 * Ends every live session of a user. Call it after the commit that is the reason: a concurrent sign-in reads the same user
 * item in its transaction, so it either sees that commit or its session is found here.
 * @returns the number of sessions that ended
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

/** Ends some sessions in one commit with their events, since all of these take a sequence number of one balance. */
async function endTogether(
  deps: EndSessionsDeps,
  { username, reason, auditOf }: EndSessions,
  sessions: readonly Session[],
  now: Date,
): Promise<number> {
  const sessionIds = sessions.map(({ session_id }) => session_id);
  const sessionEvents = prepareSessionEvents(deps.ids, sessionIds, { reason, now });
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

/** Drops a session from this instance's caches, so that its tokens fail at once; other instances follow within a second. */
export function forgetSession(
  { sessions, verifier }: Pick<EndSessionsDeps, 'sessions' | 'verifier'>,
  sessionId: SessionId,
): void {
  sessions.forget(sessionId);
  verifier.forget(sessionId);
}

/** Returns the keys of sessions, named for the reads of a transaction. */
export function sessionReads(sessions: readonly Session[]): Record<string, ItemKey> {
  return Object.fromEntries(
    sessions.map((session) => [`session ${session.session_id}`, sessionRecord.key(session)]),
  );
}

/**
 * Prepares the events of sessions that may end, before the transaction, since events have ids.
 * @param sessionIds sessions that may end
 * @returns a function of the balance as read and the ids that did end, which returns one event for each and the balance
 * that counts them; no writes for a user without an account
 */
export function prepareSessionEvents(
  ids: IdSource,
  sessionIds: readonly SessionId[],
  { reason, now }: { readonly reason: SessionEnd; readonly now: Date },
): (balance: Item | undefined, endedIds: readonly SessionId[]) => Write[] {
  const at = isoTime(now);
  const changes = sessionIds.map((sessionId): Change & { readonly sessionId: SessionId } => ({
    type: 'session.revoked',
    id: ids.next(),
    at,
    sessionId,
    sessionEnd: reason,
  }));
  return (item, endedIds) => {
    let balance = balanceRecord.readIfPresent(item);
    const ended = changes.filter(({ sessionId }) => endedIds.includes(sessionId));
    if (!balance || ended.length === 0) return [];
    const writes: Write[] = [];
    for (const change of ended) {
      const next = nextEvent(balance, change);
      balance = next.balance;
      writes.push(liveEventRecord.create(next.event));
    }
    return [...writes, balanceRecord.replace(balance)];
  };
}

/** Writes the event of a session that the reuse of a token ended, in a commit that did not read the balance. */
export async function recordTokenReuse(
  { store, ids }: Pick<UserDependencies, 'store' | 'ids'>,
  {
    username,
    sessionId,
    now,
  }: { readonly username: Username; readonly sessionId: SessionId; readonly now: Date },
): Promise<void> {
  const sessionEvents = prepareSessionEvents(ids, [sessionId], { reason: 'token_reused', now });
  await store.transact({ balance: balanceRecord.key({ username }) }, ({ balance }) => ({
    writes: sessionEvents(balance, [sessionId]),
    result: undefined,
  }));
}
