import type { Clock } from '../../core/clock.ts';
import { systemClock } from '../../core/clock.ts';
import { StoreBusyError, StoreUnavailableError } from '../store-errors.ts';
import type { Decision, Item, ItemKey, ReadItems, Reads, TableStore } from '../table-store.ts';
import { checkBatchGet, checkDecision, checkKey, checkQuery, checkReads } from '../validate-transaction.ts';
import { applyWrite } from './apply-write.ts';
import type { Environment } from './environment.ts';
import { openEnvironment } from './environment.ts';
import { startExpirySweeper } from './expiry-sweeper.ts';
import { runQuery } from './run-query.ts';
import { toItem } from './stored-item.ts';

/** Transactions that may wait for a commit; more would only make everybody wait longer. */
const MAX_PENDING_TRANSACTIONS = 5_000;

export interface LmdbTableStoreOptions {
  /** A folder on a local disk, created when it is missing. */
  readonly path: string;
  readonly clock?: Clock;
}

/**
 * The embedded table store. `decide` runs inside LMDB's only write transaction, so nothing is retried; many
 * transactions share one durable commit.
 */
export function createLmdbTableStore({ path, clock = systemClock }: LmdbTableStoreOptions): TableStore {
  const environment = openEnvironment(path);
  const stopSweeper = startExpirySweeper(environment, clock);
  let pending = 0;

  const read = (key: ItemKey): Item | undefined => {
    const stored = environment.table(key.table).get([key.pk, key.sk]);
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

    async *scan(table) {
      for (const { key, value } of environment.table(table).getRange()) {
        const [pk = '', sk = ''] = key as string[];
        yield toItem({ table, pk, sk }, value);
      }
    },

    async transact(reads, decide) {
      checkReads(reads);
      if (pending >= MAX_PENDING_TRANSACTIONS) throw new StoreBusyError();
      pending += 1;
      try {
        return await decideAndCommit(environment, read, reads, decide);
      } finally {
        pending -= 1;
      }
    },

    async ping() {
      environment.root.getStats();
    },

    async close() {
      stopSweeper();
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
  read: (key: ItemKey) => Item | undefined,
  reads: R,
  decide: (items: ReadItems<R>) => Decision<T>,
): Promise<T> {
  let refusal: { error: unknown } | undefined;
  try {
    return await environment.root.childTransaction(() => {
      try {
        const decision = decide(readAll(reads, read));
        checkDecision(reads, decision.writes);
        for (const write of decision.writes) applyWrite(environment, write);
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

function readAll<R extends Reads>(reads: R, read: (key: ItemKey) => Item | undefined): ReadItems<R> {
  const items: Record<string, Item | undefined> = {};
  for (const name in reads) {
    const key = reads[name];
    if (key) items[name] = read(key);
  }
  return items as ReadItems<R>;
}
