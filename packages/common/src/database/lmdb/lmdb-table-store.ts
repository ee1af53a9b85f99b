import type { Clock } from '../../core/clock.ts';
import { systemClock } from '../../core/clock.ts';
import { StoreBusyError, StoreUnavailableError, StoreUsageError } from '../store-errors.ts';
import type { Decision, Item, ItemKey, ReadItems, Reads, TableStore } from '../table-store.ts';
import {
  checkBatchGet,
  checkDecision,
  checkKey,
  checkQuery,
  checkReads,
  isSameKey,
} from '../validate-transaction.ts';
import { applyWrite } from './apply-write.ts';
import type { Environment } from './environment.ts';
import { openEnvironment } from './environment.ts';
import { startExpirySweeper } from './expiry-sweeper.ts';
import { scanIndex, scanTable, takeSnapshot } from './read-all.ts';
import { runQuery } from './run-query.ts';
import type { StoredItem } from './stored-item.ts';
import { toItem } from './stored-item.ts';

/** Transactions that may wait for a commit; more would only make everybody wait longer. */
const MAX_PENDING_TRANSACTIONS = 5_000;

export interface LmdbTableStoreOptions {
  /** A folder on a local disk, created when it is missing. */
  readonly path: string;
  readonly clock?: Clock;
  /** For looking at a store, be it in use by another process: it must exist, and nothing in it changes. */
  readonly readOnly?: boolean;
}

/**
 * The embedded table store. `decide` runs inside LMDB's only write transaction, so nothing is retried; many
 * transactions share one durable commit.
 */
export function createLmdbTableStore({
  path,
  clock = systemClock,
  readOnly = false,
}: LmdbTableStoreOptions): TableStore {
  const environment = openEnvironment(path, { readOnly });
  const stopSweeper = readOnly ? undefined : startExpirySweeper(environment, clock);
  let pending = 0;

  const read = (key: ItemKey): Item | undefined => {
    const stored = findStored(environment, key);
    return stored && toItem(key, stored);
  };

  return {
    async get(key) {
      checkKey(key);
      return read(key);
    },

    async batchGet(keys) {
      checkBatchGet(keys);
      return keys.map(read);
    },

    async query(query) {
      checkQuery(query);
      return runQuery(environment, query);
    },

    scan: (table) => scanTable(environment, table),

    scanIndex: (table, index) => scanIndex(environment, table, index),

    snapshot: async () => takeSnapshot(environment),

    async transact(reads, decide) {
      if (readOnly) throw new StoreUsageError('the store is open for reading only');
      checkReads(reads);
      if (pending >= MAX_PENDING_TRANSACTIONS) throw new StoreBusyError();
      pending += 1;
      try {
        return await decideAndCommit(environment, reads, decide);
      } finally {
        pending -= 1;
      }
    },

    async ping() {
      environment.root.getStats();
    },

    async close() {
      stopSweeper?.();
      await environment.close();
    },
  };
}

/**
 * A child transaction, because the library's plain one does not roll back what was put before an error.
 * Resolves after the flush.
 */
async function decideAndCommit<R extends Reads, T>(
  environment: Environment,
  reads: R,
  decide: (items: ReadItems<R>) => Decision<T>,
): Promise<T> {
  let refusal: { error: unknown } | undefined;
  try {
    return await environment.root.childTransaction(() => {
      try {
        const found = findAll(environment, reads);
        const decision = decide(toReadItems<R>(found));
        checkDecision(reads, decision.writes);
        for (const write of decision.writes)
          applyWrite(environment, write, previousOf(environment, write.key, found));
        return decision.result;
      } catch (error) {
        refusal = { error };
        throw error;
      }
    });
  } catch (error) {
    if (refusal) throw refusal.error;
    throw new StoreUnavailableError(error);
  }
}

/** What was found under the name of a read. */
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

/** What a write replaces: read a moment ago in the same transaction, unless it is a `create` of something unread. */
function previousOf(environment: Environment, key: ItemKey, found: readonly Found[]): StoredItem | undefined {
  const known = found.find((each) => isSameKey(each.key, key));
  return known ? known.stored : findStored(environment, key);
}

function findStored(environment: Environment, { table, pk, sk }: ItemKey): StoredItem | undefined {
  return environment.table(table).get([pk, sk]);
}
