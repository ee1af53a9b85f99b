import type { IdSource } from '@cnop/common/core/ids';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import type { Item, TableStore, Write } from '@cnop/common/database/table-store';
import type { Change } from '@cnop/common/entities/user/live-event';
import { nextEvent } from '@cnop/common/entities/user/live-event';

/**
 * Prepares the events of sessions that may end, before the transaction, since events have ids.
 * @param sessionIds sessions that may end
 * @returns a function of the balance as read and the ids that did end, which returns one event for each and the balance
 * that counts them; no writes for a user without an account
 */
export function prepareSessionEvents(
  ids: IdSource,
  sessionIds: readonly string[],
  now: Date,
): (balance: Item | undefined, endedIds: readonly string[]) => Write[] {
  const at = now.toISOString();
  const changes = sessionIds.map((sessionId): Change & { readonly sessionId: string } => ({
    type: 'session.revoked',
    id: ids.next(),
    at,
    sessionId,
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

/** Writes the event of a session that ended in an earlier commit, which did not read the balance. */
export async function recordSessionEnd(
  { store, ids }: { readonly store: TableStore; readonly ids: IdSource },
  { username, sessionId, now }: { readonly username: string; readonly sessionId: string; readonly now: Date },
): Promise<void> {
  const sessionEvents = prepareSessionEvents(ids, [sessionId], now);
  await store.transact({ balance: balanceRecord.key({ username }) }, ({ balance }) => ({
    writes: sessionEvents(balance, [sessionId]),
    result: undefined,
  }));
}
