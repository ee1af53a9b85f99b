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

export interface FeedLeaseRequest {
  readonly holder: string;
  readonly now: Date;
  readonly lifetimeSeconds: number;
  /** A holder that is known to be gone: its lease need not run out first. */
  readonly abandonedHolder?: string | undefined;
}

export type FeedLeaseDao = ReturnType<typeof createFeedLeaseDao>;

export function createFeedLeaseDao(store: TableStore) {
  return {
    async getLease(): Promise<FeedLease | undefined> {
      return feedLeaseRecord.readIfPresent(await store.get(FEED_LEASE_KEY));
    },

    /** Takes or renews the lease; false while another process holds it. */
    async take({ holder, now, lifetimeSeconds, abandonedHolder }: FeedLeaseRequest): Promise<boolean> {
      return store.transact({ lease: FEED_LEASE_KEY }, (items) => {
        const held = feedLeaseRecord.readIfPresent(items.lease);
        const isFree =
          !held ||
          held.holder === holder ||
          held.holder === abandonedHolder ||
          held.expires_at <= now.toISOString();
        if (!isFree) return { writes: [], result: false };
        const taken = { holder, expires_at: addSeconds(now, lifetimeSeconds).toISOString() };
        return { writes: [feedLeaseRecord.replace(taken)], result: true };
      });
    },

    /** Gives the lease back, so that the next one need not wait; nothing happens when another process has it. */
    async release(holder: string): Promise<void> {
      await store.transact({ lease: FEED_LEASE_KEY }, ({ lease }) => ({
        writes: holdsFeedLease(lease, holder) ? [{ kind: 'delete', key: FEED_LEASE_KEY }] : [],
        result: undefined,
      }));
    },
  };
}
