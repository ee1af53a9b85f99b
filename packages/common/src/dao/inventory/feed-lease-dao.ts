import { z } from 'zod';
import { isoTime } from '../../core/brands.ts';
import { addSeconds } from '../../core/clock.ts';
import type { Decision, Item, TableStore } from '../../database/table-store.ts';
import { KEYS } from '../../database/tables.ts';
import { timestampSchema } from '../../entities/fields.ts';
import { defineRecord } from '../record.ts';

/**
 * The lease of the price feed: the process that makes prices. Another process takes it over when it has not changed for a
 * while, whatever times it carries.
 */
const feedLeaseSchema = z.object({
  /** The identity of the holding process. */
  holder: z.string().min(1),
  /** Grows with every renewal, so that each one changes the lease. Processes of earlier versions store none. */
  renewals: z.int().min(0).optional(),
  /** Where the holder runs, so that a process of the same machine knows when it has ended. */
  location: z.string().min(1).optional(),
  /** The end of the term by the clock of the holder. Only processes of earlier versions read it. */
  expires_at: timestampSchema,
  /** The holder leads only while no process with a better clock does: its own clock is wrong. */
  yields: z.literal(true).exactOptional(),
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

/** The term that processes of earlier versions expect. */
const FORMER_TERM_SECONDS = 10;

export interface FeedLeaseRequest {
  readonly holder: string;
  readonly location?: string | undefined;
  /** Whether any process with a better clock may take the lease over at once. */
  readonly yields?: boolean;
  readonly now: Date;
  /** A lease whose holder counts as dead: it is taken over if it is still the same. */
  readonly abandoned?: FeedLease | undefined;
  /** The greatest `seq` of a quote that the holder has made. */
  readonly lastSeq: number;
}

/** The outcome of an attempt to take or renew the lease. */
export interface FeedLeaseAttempt {
  /** The lease after the attempt. */
  readonly lease: FeedLease;
  /** Whether the lease is the caller's. */
  readonly isTaken: boolean;
  /** Whether it was the caller's before, so that no other process can have made prices meanwhile. */
  readonly wasHeld: boolean;
  /** The caller's first `seq`: above that of every quote of earlier holders, whatever the clocks say. */
  readonly firstSeq: number;
}

/** Creates the DAO of the lease of the price feed. */
export function createFeedLeaseDao(store: TableStore) {
  return {
    /** Takes or renews the lease, unless another process holds it. */
    async take(request: FeedLeaseRequest): Promise<FeedLeaseAttempt> {
      return store.transact({ lease: FEED_LEASE_KEY }, (items): Decision<FeedLeaseAttempt> => {
        const held = feedLeaseRecord.readIfPresent(items.lease);
        const wasHeld = held?.holder === request.holder;
        if (held && !wasHeld && !isReleased(held) && !isSameLease(held, request.abandoned)) {
          return { writes: [], result: { lease: held, isTaken: false, wasHeld, firstSeq: 0 } };
        }
        const lease = leaseOf(request, held);
        const firstSeq = lease.next_seq - SEQ_RESERVE;
        return {
          writes: [feedLeaseRecord.replace(lease)],
          result: { lease, isTaken: true, wasHeld, firstSeq },
        };
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

function leaseOf(request: FeedLeaseRequest, held: FeedLease | undefined) {
  const { holder, location, yields, now, lastSeq } = request;
  const firstSeq = Math.max(held?.holder === holder ? lastSeq : (held?.next_seq ?? 0), now.getTime());
  return {
    holder,
    renewals: (held?.renewals ?? 0) + 1,
    ...(location !== undefined && { location }),
    ...(yields && { yields: true as const }),
    expires_at: isoTime(addSeconds(now, FORMER_TERM_SECONDS)),
    next_seq: firstSeq + SEQ_RESERVE,
  };
}

function isReleased({ holder }: FeedLease): boolean {
  return holder === RELEASED_HOLDER;
}

/** Returns whether two readings show the same renewal of a lease. */
export function isSameLease(one: FeedLease | undefined, other: FeedLease | undefined): boolean {
  return (
    one?.holder === other?.holder &&
    one?.renewals === other?.renewals &&
    one?.expires_at === other?.expires_at
  );
}
