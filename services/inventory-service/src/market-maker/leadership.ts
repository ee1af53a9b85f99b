import { hostname } from 'node:os';
import type { Clock } from '@cnop/common/core/clock';
import { addSeconds } from '@cnop/common/core/clock';
import type { IdSource } from '@cnop/common/core/ids';
import type { FeedLeaseDao } from '@cnop/common/dao/inventory/feed-lease-dao';

/** How long a process that hangs keeps others from making prices, and how long one may do so unheard of the store. */
const LEASE_SECONDS = 10;
const SEPARATOR = '/';

export interface LeadershipOptions {
  readonly leases: FeedLeaseDao;
  readonly clock: Clock;
  /** Of this process, as `holderName` makes it. */
  readonly holder: string;
}

/** Whether this process is the one that makes the prices of the store. */
export function createLeadership({ leases, clock, holder }: LeadershipOptions) {
  let holdsUntil: Date | undefined;
  let firstSeq = 0;

  return {
    holder,

    /** Whether the lease, as we last heard, is ours; a process that slept too long must not believe so. */
    isLeading(): boolean {
      return holdsUntil !== undefined && clock.now() < holdsUntil;
    },

    /** Where the `seq` of our quotes begins: above that of every quote of earlier holders. */
    firstSeq: (): number => firstSeq,

    /**
     * Takes or renews the lease.
     * @param lastSeq the greatest `seq` that this process has given out
     * @returns whether it was ours before: if not, others may have changed what we knew
     */
    async seek(lastSeq: number): Promise<boolean> {
      const now = clock.now();
      const lease = await leases.getLease();
      const abandonedHolder = lease && isGone(lease.holder, holder) ? lease.holder : undefined;
      const taken = await leases.take({
        holder,
        now,
        lifetimeSeconds: LEASE_SECONDS,
        abandonedHolder,
        lastSeq,
      });
      holdsUntil = taken && addSeconds(now, LEASE_SECONDS);
      firstSeq = taken?.firstSeq ?? firstSeq;
      return lease?.holder === holder;
    },

    async resign(): Promise<void> {
      holdsUntil = undefined;
      await leases.release(holder);
    },
  };
}

/** A name that tells two processes apart, even two that had the same number one after the other. */
export function holderName(ids: IdSource): string {
  return [hostname(), process.pid, ids.next()].join(SEPARATOR);
}

/**
 * Whether a holder was a process of this machine that has ended: after a crash the restart need not wait for the lease.
 * One with our own number was before us.
 */
function isGone(holder: string, own: string): boolean {
  const [host, pid = ''] = holder.split(SEPARATOR);
  if (holder === own || host !== hostname()) return false;
  return pid === String(process.pid) || !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is running all the same.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
