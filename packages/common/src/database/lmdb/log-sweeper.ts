import type { ItemKey } from '../table-store.ts';
import { TABLES } from '../tables.ts';
import { HIGHEST_CHARACTER } from '../validate-transaction.ts';
import { removeStored } from './apply-write.ts';
import type { Environment } from './environment.ts';
import { HISTORIES } from './histories.ts';
import { findStored } from './places.ts';
import { nextOwner, sortKeysOf } from './read-keys.ts';

/** The number of logs that a sweep reads, which takes a few milliseconds; a million logs are all read within a day. */
const MAX_LOGS_PER_SWEEP = 1_000;
/** Small, so that a sweep delays orders only briefly. */
const MAX_ITEMS_PER_SWEEP = 500;

const [EVENT_PREFIX] = TABLES.users.logs;

/** Deletes the expired items of logs. */
export interface LogSweeper {
  /** Deletes expired items at the heads of the next logs, and returns their number. */
  sweep(nowEpochSeconds: number): Promise<number>;
}

/**
 * Creates a sweeper that goes over all logs, the events of users, again and again. The first item of a log is its
 * oldest, so one read shows whether anything in it has expired.
 */
export function createLogSweeper(environment: Environment): LogSweeper {
  /** The user whose log was read last; undefined at the beginning of a pass. */
  let owner: string | undefined;

  return {
    async sweep(nowEpochSeconds) {
      const expired: ItemKey[] = [];
      for (let seen = 0; seen < MAX_LOGS_PER_SWEEP && expired.length < MAX_ITEMS_PER_SWEEP; seen += 1) {
        owner = nextOwner(environment.histories, HISTORIES.events, { after: owner });
        if (owner === undefined) break;
        const limit = MAX_ITEMS_PER_SWEEP - expired.length;
        expired.push(...expiredOf(environment, EVENT_PREFIX + owner, { nowEpochSeconds, limit }));
      }
      if (expired.length > 0) await remove(environment, expired);
      return expired.length;
    },
  };
}

/** Returns the oldest expired items of a log. */
function expiredOf(
  environment: Environment,
  pk: string,
  { nowEpochSeconds, limit }: { readonly nowEpochSeconds: number; readonly limit: number },
): ItemKey[] {
  const found: ItemKey[] = [];
  const all = { low: '', high: HIGHEST_CHARACTER, isDescending: false };
  for (const sk of sortKeysOf(environment, { table: 'users', pk }, all)) {
    const key: ItemKey = { table: 'users', pk, sk };
    const expiresAt = findStored(environment, key)?.e;
    if (found.length === limit || expiresAt === undefined || expiresAt > nowEpochSeconds) break;
    found.push(key);
  }
  return found;
}

async function remove(environment: Environment, keys: readonly ItemKey[]): Promise<void> {
  await environment.root.childTransaction(() => {
    for (const key of keys) {
      const stored = findStored(environment, key);
      if (stored) removeStored(environment, key, stored);
    }
  });
}
