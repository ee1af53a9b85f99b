import type { Clock } from '../../core/clock.ts';
import { systemClock } from '../../core/clock.ts';
import { DiskFullError, StoreUsageError } from '../store-errors.ts';
import type { Decision, Item, ItemKey, ReadItems, Reads, TableStore } from '../table-store.ts';
import {
  checkBatchGet,
  checkDecision,
  checkKey,
  checkQuery,
  checkReads,
  isSameKey,
} from '../validate-transaction.ts';
import type { ChangeWrite, CreateWrite } from './apply-write.ts';
import { applyWrite, createItems } from './apply-write.ts';
import type { Decided, DiskWatchOptions } from './commit-queue.ts';
import { createCommitQueue, explainCommitFailure, freeBytesNow, watchDisk } from './commit-queue.ts';
import type { Environment } from './environment.ts';
import { openEnvironment } from './environment.ts';
import { startExpirySweeper } from './expiry-sweeper.ts';
import type { StoredItem } from './item-layout.ts';
import { findStored, toItem } from './item-layout.ts';
import { scanIndex, scanTable, takeSnapshot } from './read-all.ts';
import { runQuery } from './run-query.ts';

/** The folder of an embedded store, and how to open it. */
export interface LmdbTableStoreOptions {
  /** A folder on a local disk; created when it is missing. */
  readonly path: string;
  readonly clock?: Clock;
  /** Opens an existing store without changing it, even while another process uses it. */
  readonly readOnly?: boolean;
  /** Other processes write to the store as well: each read then sees every commit that any of them has answered. */
  readonly isShared?: boolean | undefined;
  /** Writes are refused while less space is free; 0 refuses none. */
  readonly minFreeBytes?: number;
  /** Called when the store begins to refuse writes because of a full disk, and when it accepts them again. */
  readonly onDiskChange?: DiskWatchOptions['onChange'] | undefined;
  /** Called with the error of each failed deletion of expired items. */
  readonly onSweepFailure?: ((error: unknown) => void) | undefined;
  /** Replaces the measurement of free space in tests. */
  readonly diskReading?: Pick<DiskWatchOptions, 'readFreeBytes' | 'everyMilliseconds'>;
}

/**
 * Opens the embedded table store. `decide` runs inside the only write transaction of LMDB, so nothing is retried; many
 * transactions share one durable commit (`commit-queue.ts`).
 * @throws Error when the store is already open in this process, is missing (read-only), or has an unknown format
 * @see docs/adr/0002-embedded-store.md
 */
export function createLmdbTableStore({
  path,
  clock = systemClock,
  readOnly = false,
  isShared = false,
  minFreeBytes = 0,
  onDiskChange,
  onSweepFailure,
  diskReading,
}: LmdbTableStoreOptions): TableStore {
  const environment = openEnvironment(path, { readOnly });
  const watch = watchDisk({ folder: path, minFreeBytes, onChange: onDiskChange, ...diskReading });
  const isFull = (): boolean => watch.disk().isFull;
  const sweeper = readOnly
    ? undefined
    : startExpirySweeper(environment, { clock, isPaused: isFull, onFailure: onSweepFailure });
  let failure: string | undefined;
  const queue = createCommitQueue(environment, (error) => {
    failure = explainCommitFailure(error, { folder: path, freeBytes: freeBytesIfKnown(path) });
    return failure;
  });

  // The library keeps a snapshot for about a millisecond, and renews it only after commits of this process.
  const seeAllCommits = isShared ? () => environment.root.resetReadTxn() : () => undefined;
  const read = (key: ItemKey): Item | undefined => {
    const stored = findStored(environment, key);
    return stored && toItem(key, stored);
  };

  return {
    async get(key) {
      checkKey(key);
      seeAllCommits();
      return read(key);
    },

    async batchGet(keys) {
      checkBatchGet(keys);
      seeAllCommits();
      return keys.map(read);
    },

    async query(query) {
      checkQuery(query);
      seeAllCommits();
      return runQuery(environment, query);
    },

    scan: (table, after) => scanTable(environment, table, after),

    scanIndex: (table, index) => scanIndex(environment, table, index),

    snapshot: async () => takeSnapshot(environment),

    async transact(reads, decide) {
      if (readOnly) throw new StoreUsageError('the store is open for reading only');
      if (isFull()) throw new DiskFullError();
      checkReads(reads);
      return queue.commit(() => decideOn(environment, reads, decide));
    },

    disk: watch.disk,
    failure: () => failure,
    commits: queue.totals,
    sweepFailures: () => sweeper?.failures() ?? 0,

    async ping() {
      environment.root.getStats();
    },

    async close() {
      watch.stop();
      await sweeper?.stop();
      await queue.whenIdle();
      await environment.close();
    },
  };
}

/** Returns the free bytes, or undefined when the disk cannot be measured. */
function freeBytesIfKnown(path: string): number | undefined {
  try {
    return freeBytesNow(path);
  } catch {
    return undefined;
  }
}

/** Reads, decides and checks. After that, only a taken key can make the writes fail. */
function decideOn<R extends Reads, T>(
  environment: Environment,
  reads: R,
  decide: (items: ReadItems<R>) => Decision<T>,
): Decided<T> {
  const found = findAll(environment, reads);
  const { writes, result } = decide(toReadItems<R>(found));
  checkDecision(reads, writes);
  const creations: CreateWrite[] = [];
  const changes: { readonly write: ChangeWrite; readonly previous: StoredItem | undefined }[] = [];
  for (const write of writes) {
    if (write.kind === 'create') creations.push(write);
    else changes.push({ write, previous: previousOf(write.key, found) });
  }
  return {
    result,
    write: () => {
      // Creations come first: when a key is taken, nothing else is written.
      createItems(environment, creations);
      for (const { write, previous } of changes) applyWrite(environment, write, previous);
    },
  };
}

/** The item found for a read. */
interface Found {
  readonly name: string;
  readonly key: ItemKey;
  readonly stored: StoredItem | undefined;
}

function findAll(environment: Environment, reads: Reads): Found[] {
  return Object.entries(reads).map(([name, key]) => ({ name, key, stored: findStored(environment, key) }));
}

function toReadItems<R extends Reads>(found: readonly Found[]): ReadItems<R> {
  const items: Record<string, Item | undefined> = {};
  for (const { name, key, stored } of found) items[name] = stored && toItem(key, stored);
  return items as ReadItems<R>;
}

/** Returns the item that a write replaces, which the transaction has read. */
function previousOf(key: ItemKey, found: readonly Found[]): StoredItem | undefined {
  return found.find((each) => isSameKey(each.key, key))?.stored;
}
