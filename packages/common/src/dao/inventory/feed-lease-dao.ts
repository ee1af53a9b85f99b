import { addSeconds } from '../../core/clock.ts';
import type { Item, TableStore } from '../../database/table-store.ts';
import type { FeedLease } from '../../entities/inventory/feed-lease.ts';
import { feedLeaseSchema } from '../../entities/inventory/feed-lease.ts';
import { defineRecord } from '../record.ts';

const LEASE_PARTITION = 'LEASE#PRICES';
const LEASE_SORT_KEY = 'LEASE';

export const feedLeaseRecord = defineRecord<FeedLease, Partial<FeedLease>>({
  table: 'inventory',
  schema: feedLeaseSchema,
  key: () => ({ pk: LEASE_PARTITION, sk: LEASE_SORT_KEY }),
});

/** The key of the one lease, for transactions that only its holder may make. */
export const FEED_LEASE_KEY = feedLeaseRecord.key({});

/** Whether an item that was read under the lease's key says that this process holds it. */
export function holdsFeedLease(item: Item | undefined, holder: string): boolean {
  return feedLeaseRecord.readIfPresent(item)?.holder === holder;
}

/**
 * How far the `seq` of quotes may grow between two renewals of the lease: that of a quote is its time in milliseconds,
 * or one more than the last, and a replay makes at most 200 quotes of an asset in 10 milliseconds.
 */
const SEQ_RESERVE = 300_000;
/** Of a lease that was given back: over for every clock. */
const RELEASED_HOLDER = 'none';
const RELEASED_AT = new Date(0).toISOString();

export interface FeedLeaseRequest {
  readonly holder: string;
  readonly now: Date;
  readonly lifetimeSeconds: number;
  /** A holder that is known to be gone: its lease need not run out first. */
  readonly abandonedHolder?: string | undefined;
  /** The greatest `seq` that the holder has given out. */
  readonly lastSeq: number;
}

/** A lease that was taken or renewed. */
export interface TakenLease {
  /** Where the holder's `seq` begins: above that of every quote of earlier holders, whatever the clock says. */
  readonly firstSeq: number;
}

export type FeedLeaseDao = ReturnType<typeof createFeedLeaseDao>;

export function createFeedLeaseDao(store: TableStore) {
  return {
    async getLease(): Promise<FeedLease | undefined> {
      return feedLeaseRecord.readIfPresent(await store.get(FEED_LEASE_KEY));
    },

    /** Takes or renews the lease; undefined while another process holds it. */
    async take(request: FeedLeaseRequest): Promise<TakenLease | undefined> {
      const { holder, now, lifetimeSeconds, abandonedHolder, lastSeq } = request;
      return store.transact({ lease: FEED_LEASE_KEY }, (items) => {
        const held = feedLeaseRecord.readIfPresent(items.lease);
        const isFree =
          !held ||
          held.holder === holder ||
          held.holder === abandonedHolder ||
          held.expires_at <= now.toISOString();
        if (!isFree) return { writes: [], result: undefined };
        const isRenewed = held?.holder === holder;
        const firstSeq = Math.max(isRenewed ? lastSeq : (held?.next_seq ?? 0), now.getTime());
        const taken = {
          holder,
          expires_at: addSeconds(now, lifetimeSeconds).toISOString(),
          next_seq: firstSeq + SEQ_RESERVE,
        };
        return { writes: [feedLeaseRecord.replace(taken)], result: { firstSeq } };
      });
    },

    /** Gives the lease back, so that the next one need not wait; nothing happens when another process has it. */
    async release(holder: string): Promise<void> {
      await store.transact({ lease: FEED_LEASE_KEY }, (items) => {
        const lease = feedLeaseRecord.readIfPresent(items.lease);
        if (lease?.holder !== holder) return { writes: [], result: undefined };
        // It stays for its `next_seq`, and without a holder.
        const released = { ...lease, holder: RELEASED_HOLDER, expires_at: RELEASED_AT };
        return { writes: [feedLeaseRecord.replace(released)], result: undefined };
      });
    },
  };
}
