import { binarySearch } from '@cnop/common/core/binary-search';
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

export interface ReadEvents {
  readonly username: string;
  /** The `seq` that the client has already; 0 for a client that has none. */
  readonly after: number;
  readonly limit: number;
}

export interface EventPage {
  /** Oldest first and without a gap. */
  readonly events: readonly LiveEvent[];
  /** The `seq` of the user's latest event; 0 when there was none. */
  readonly lastSeq: number;
  readonly hasMore: boolean;
  /** Events between what the client has and what it gets are not kept any more. */
  readonly isReset: boolean;
}

/** A user's events after a `seq`. */
export async function readEvents(
  deps: ReadEventsDeps,
  { username, after, limit }: ReadEvents,
): Promise<EventPage> {
  // The balance first: what it counts is then among the events, so one that is not there is not kept.
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
 * The same for who follows along and has everything up to now: one read instead of two, and most find nothing.
 * @param after must be the `seq` of the user's latest event, or have been a moment ago
 */
export async function readNewEvents(
  { events }: Pick<ReadEventsDeps, 'events'>,
  { username, after, limit }: ReadEvents,
): Promise<Pick<EventPage, 'events' | 'hasMore'>> {
  const { items } = await events.getEventsAfter(username, after, limit);
  return { events: items, hasMore: items.length === limit };
}

/** The `seq` of a user's latest event; 0 when there was none. */
export async function readLastSeq(balances: BalanceDao, username: string): Promise<number> {
  return (await balances.getBalance(username))?.event_seq ?? 0;
}

/** A page without what has expired: a store may take days to delete it. */
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
  // Clocks of two machines may differ: nothing older than an expired event is shown, so that no gap appears.
  const lastExpired = kept.items.findLastIndex((event) => isExpiredEvent(event, now));
  return kept.items.slice(lastExpired + 1);
}

/**
 * The first `seq` after an expired one that is still shown. Events expire in their order, so twenty looks find it among
 * a million; to read past them would take a thousand pages.
 */
async function findFirstKept(
  { events, clock }: ReadEventsDeps,
  {
    username,
    expired,
    lastSeq,
  }: { readonly username: string; readonly expired: number; readonly lastSeq: number },
): Promise<number> {
  const now = clock.now();
  return binarySearch({ from: expired + 1, end: lastSeq + 1 }, async (seq) => {
    const event = await events.getEvent({ username, seq });
    return event !== undefined && !isExpiredEvent(event, now);
  });
}
