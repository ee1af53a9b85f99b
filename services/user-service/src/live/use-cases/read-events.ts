import { binarySearch } from '@cnop/common/core/binary-search';
import type { Username } from '@cnop/common/core/brands';
import type { Clock } from '@cnop/common/core/clock';
import type { BalanceDao } from '@cnop/common/dao/user/balance-dao';
import type { LiveEventDao } from '@cnop/common/dao/user/live-event-dao';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { isExpiredEvent } from '@cnop/common/entities/user/live-event';

export interface ReadEventsDeps {
  readonly events: LiveEventDao;
  readonly balances: BalanceDao;
  readonly clock: Clock;
}

interface ReadEvents {
  readonly username: Username;
  /** The `seq` of the last event that the client has; 0 for none. */
  readonly after: number;
  readonly limit: number;
}

interface EventPage {
  /** Oldest first, without a gap. */
  readonly events: readonly LiveEvent[];
  /** The `seq` of the user's latest event; 0 when there was none. */
  readonly lastSeq: number;
  readonly hasMore: boolean;
  /** Events between `after` and the first of these have expired: the client has to read the state anew. */
  readonly isReset: boolean;
}

/**
 * Returns a page of a user's events after a `seq`.
 * @see docs/reference/events.md
 */
export async function readEvents(
  deps: ReadEventsDeps,
  { username, after, limit }: ReadEvents,
): Promise<EventPage> {
  // The balance is read first: an event that it counts but the query does not return must have expired.
  const countedSeq = await readLastSeq(deps.balances, username);
  const events = await readKept(deps, { username, after, limit }, countedSeq);
  const shownSeq = events.at(-1)?.seq ?? after;
  const lastSeq = Math.max(countedSeq, events.at(-1)?.seq ?? 0);
  const firstSeq = events[0]?.seq;
  return {
    events,
    lastSeq,
    hasMore: firstSeq !== undefined && shownSeq < lastSeq,
    isReset: firstSeq === undefined ? after < lastSeq : after + 1 < firstSeq,
  };
}

/**
 * Returns new events for a reader that is up to date. It takes one read instead of the two of {@link readEvents}.
 * @param query its `after` is, or recently was, the `seq` of the user's latest event
 */
export async function readNewEvents(
  { events }: Pick<ReadEventsDeps, 'events'>,
  { username, after, limit }: ReadEvents,
): Promise<Pick<EventPage, 'events' | 'hasMore'>> {
  const { items } = await events.getEventsAfter(username, after, limit);
  return { events: items, hasMore: items.length === limit };
}

/** Returns the `seq` of a user's latest event; 0 when there was none. */
export async function readLastSeq(balances: BalanceDao, username: Username): Promise<number> {
  return (await balances.getBalance(username))?.event_seq ?? 0;
}

/** Reads a page without expired events, which a store may take days to delete. */
async function readKept(
  deps: ReadEventsDeps,
  { username, after, limit }: ReadEvents,
  lastSeq: number,
): Promise<readonly LiveEvent[]> {
  const now = deps.clock.now();
  const { items } = await deps.events.getEventsAfter(username, after, limit);
  const first = items[0];
  if (!first || !isExpiredEvent(first, now)) return items;
  const firstKept = await findFirstKept(deps, { username, expired: first.seq, lastSeq });
  const kept = await deps.events.getEventsAfter(username, firstKept - 1, limit);
  // Clocks of two machines may differ: events older than an expired one are left out, so that no gap appears.
  const lastExpired = kept.items.findLastIndex((event) => isExpiredEvent(event, now));
  return kept.items.slice(lastExpired + 1);
}

/**
 * Finds the first `seq` after an expired one that has not expired. Events expire in order, so a binary search finds it
 * among a million in twenty reads.
 */
async function findFirstKept(
  { events, clock }: ReadEventsDeps,
  {
    username,
    expired,
    lastSeq,
  }: { readonly username: Username; readonly expired: number; readonly lastSeq: number },
): Promise<number> {
  const now = clock.now();
  return binarySearch({ from: expired + 1, end: lastSeq + 1 }, async (seq) => {
    const event = await events.getEvent({ username, seq });
    return event !== undefined && !isExpiredEvent(event, now);
  });
}
