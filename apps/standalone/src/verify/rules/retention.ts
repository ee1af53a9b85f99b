const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;
const EVENT_RETENTION_DAYS = 30;
/** For clocks that differ, and for stores that take so long to read that events end meanwhile. */
const GRACE_DAYS = 1;

/**
 * The moment from which on every event must be there. What happened before it may be deleted, in any order and at any
 * time, so its absence proves nothing.
 */
export function eventsKeptSince(now: Date): string {
  return new Date(now.getTime() - (EVENT_RETENTION_DAYS - GRACE_DAYS) * DAY_MILLISECONDS).toISOString();
}
