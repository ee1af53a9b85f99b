import { z } from 'zod';
import { isoTime } from '../../core/brands.ts';
import { addSeconds } from '../../core/clock.ts';
import type { Item, TableStore } from '../../database/table-store.ts';
import { KEYS } from '../../database/tables.ts';
import { timestampSchema } from '../../entities/fields.ts';
import { defineRecord } from '../record.ts';

/** The lease of the price feed: the process that makes prices, and the end of its term. */
const feedLeaseSchema = z.object({
  holder: z.string().min(1),
  expires_at: timestampSchema,
  /** The first `seq` of the next holder: greater than that of every quote that the holder can have made. */
  next_seq: z.int().min(0).optional(),
});
export type FeedLease = z.infer<typeof feedLeaseSchema>;

export const feedLeaseRecord = defineRecord<FeedLease, Partial<FeedLease>>({
  table: 'inventory',
  schema: feedLeaseSchema,
  key: () => KEYS.inventory.feedLease,
});

/** The key of the lease, for transactions that only its holder may make. */
export const FEED_LEASE_KEY = feedLeaseRecord.key({});

/** Returns whether the item of the lease names a process as its holder. */
export function holdsFeedLease(item: Item | undefined, holder: string): boolean {
  return feedLeaseRecord.readIfPresent(item)?.holder === holder;
}

/**
 * The growth of `seq` between two renewals of the lease, at most: the `seq` of a quote is its time in milliseconds or one
 * more than the last, and a replay makes at most 200 quotes of an asset in 10 milliseconds.
 */
const SEQ_RESERVE = 300_000;
/** A released lease has this holder, and its term is over for every clock. */
const RELEASED_HOLDER = 'none';
const RELEASED_AT = isoTime(new Date(0));

export interface FeedLeaseRequest {
  readonly holder: string;
  readonly now: Date;
  readonly lifetimeSeconds: number;
  /** A holder known to have stopped: its lease is taken before it expires. */
  readonly abandonedHolder?: string | undefined;
  /** The greatest `seq` of a quote that the holder has made. */
  readonly lastSeq: number;
}

/** A taken or renewed lease. */
export interface TakenLease {
  /** The holder's first `seq`: above that of every quote of earlier holders, whatever the clocks say. */
  readonly firstSeq: number;
}

export type FeedLeaseDao = ReturnType<typeof createFeedLeaseDao>;

/** Creates the DAO of the lease of the price feed. */
export function createFeedLeaseDao(store: TableStore) {
  return {
    /** Returns the lease; undefined when none was ever taken. */
    async getLease(): Promise<FeedLease | undefined> {
      return feedLeaseRecord.readIfPresent(await store.get(FEED_LEASE_KEY));
    },

    /** Takes or renews the lease. Returns undefined while another process holds it. */
    async take(request: FeedLeaseRequest): Promise<TakenLease | undefined> {
      const { holder, now, lifetimeSeconds, abandonedHolder, lastSeq } = request;
      return store.transact({ lease: FEED_LEASE_KEY }, (items) => {
        const held = feedLeaseRecord.readIfPresent(items.lease);
        const isFree =
          !held ||
          held.holder === holder ||
          held.holder === abandonedHolder ||
          held.expires_at <= isoTime(now);
        if (!isFree) return { writes: [], result: undefined };
        const isRenewed = held?.holder === holder;
        const firstSeq = Math.max(isRenewed ? lastSeq : (held?.next_seq ?? 0), now.getTime());
        const taken = {
          holder,
          expires_at: isoTime(addSeconds(now, lifetimeSeconds)),
          next_seq: firstSeq + SEQ_RESERVE,
        };
        return { writes: [feedLeaseRecord.replace(taken)], result: { firstSeq } };
      });
    },

    /** Releases the lease, so that the next holder need not wait. Does nothing when another process holds it. */
    async release(holder: string): Promise<void> {
      await store.transact({ lease: FEED_LEASE_KEY }, (items) => {
        const lease = feedLeaseRecord.readIfPresent(items.lease);
        if (lease?.holder !== holder) return { writes: [], result: undefined };
        // The item is kept for its `next_seq`.
        const released = { ...lease, holder: RELEASED_HOLDER, expires_at: RELEASED_AT };
        return { writes: [feedLeaseRecord.replace(released)], result: undefined };
      });
    },
  };
}
