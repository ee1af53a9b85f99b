import type { Key } from 'lmdb';
import type { Clock } from '../../core/clock.ts';
import { epochSeconds } from '../../core/clock.ts';
import type { ItemKey } from '../table-store.ts';
import type { TableName } from '../tables.ts';
import { HIGHEST_CHARACTER } from '../validate-transaction.ts';
import { removeStored } from './apply-write.ts';
import type { Environment } from './environment.ts';
import { EVENT_PARTITIONS, findStored, HISTORIES, HISTORY_TABLE } from './item-layout.ts';
import { nextOwner, sortKeysOf } from './read-keys.ts';

const SWEEP_INTERVAL_MILLISECONDS = 60_000;
/** Small, so that a sweep delays orders only briefly. */
const MAX_ITEMS_PER_SWEEP = 500;
/** The number of logs that a sweep reads, which takes a few milliseconds; a million logs are all read within a day. */
const MAX_LOGS_PER_SWEEP = 1_000;

/** The running deletion of expired items. */
export interface ExpirySweeper {
  /** Returns the number of failures since the start. */
  failures(): number;
  /** Starts no more sweeps; resolves when the running one has ended. */
  stop(): Promise<void>;
}

export interface ExpirySweeperOptions {
  readonly clock: Clock;
  /** Returns true while the store refuses writes. */
  readonly isPaused: () => boolean;
  /** Called with each failure; the next sweep tries again. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** Deletes expired items once a minute, which DynamoDB does by itself. */
export function startExpirySweeper(
  environment: Environment,
  { clock, isPaused, onFailure }: ExpirySweeperOptions,
): ExpirySweeper {
  const logs = createLogSweeper(environment);
  let failures = 0;
  let running: Promise<void> | undefined;

  async function attempt(step: (nowEpochSeconds: number) => Promise<number>): Promise<void> {
    try {
      await step(epochSeconds(clock.now()));
    } catch (error) {
      failures += 1;
      onFailure?.(error);
    }
  }

  async function sweep(): Promise<void> {
    await attempt((nowEpochSeconds) => sweepExpired(environment, nowEpochSeconds));
    await attempt(logs.sweep);
    running = undefined;
  }

  const timer = setInterval(() => {
    if (!isPaused()) running ??= sweep();
  }, SWEEP_INTERVAL_MILLISECONDS);
  timer.unref();
  return {
    failures: () => failures,
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

/** Deletes one batch of expired items from the expiry list, and returns their number. */
export async function sweepExpired(environment: Environment, nowEpochSeconds: number): Promise<number> {
  const expired = [...environment.expiry.getKeys({ end: [nowEpochSeconds], limit: MAX_ITEMS_PER_SWEEP })];
  if (expired.length === 0) return 0;
  await environment.root.childTransaction(() => {
    for (const entry of expired) removeIfStillExpired(environment, entry);
  });
  return expired.length;
}

/** Deletes an item unless it was replaced since the list was read. */
function removeIfStillExpired(environment: Environment, entry: Key[]): void {
  const [expiresAt, table, pk, sk] = entry as [number, TableName, string, string];
  const stored = findStored(environment, { table, pk, sk });
  if (stored?.e === expiresAt) removeStored(environment, { table, pk, sk }, stored);
}

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
        expired.push(...expiredOf(environment, EVENT_PARTITIONS + owner, { nowEpochSeconds, limit }));
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
  for (const sk of sortKeysOf(environment, { table: HISTORY_TABLE, pk }, all)) {
    const key: ItemKey = { table: HISTORY_TABLE, pk, sk };
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
