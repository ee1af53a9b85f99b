import type { Database, Key, RootDatabase } from 'lmdb';
import { HIGHEST_CHARACTER } from '../validate-transaction.ts';
import { HISTORY_TABLE, keyInHistory, ordersOf } from './histories.ts';
import type { StoredItem } from './stored-item.ts';
import { NOTHING } from './stored-item.ts';

/** A batch takes a few milliseconds and is then on disk. */
const KEYS_PER_TRANSACTION = 2_000;

/** The trees of a file that the upgrade reads and writes. */
interface Format2 {
  readonly root: RootDatabase<never>;
  readonly users: Database<StoredItem, Key[]>;
  /** The index with the orders of each user. */
  readonly orders: Database<string, Key[]>;
  readonly histories: Database<StoredItem | typeof NOTHING, Key[]>;
}

/**
 * Moves the lists of users of a store of format 2 to the tree of histories. It may be interrupted and started again,
 * also by several processes at once.
 */
export function moveToHistories({ root, users, orders, histories }: Format2): void {
  const inBatches = (nextKeys: (after: Key[] | undefined) => Key[][], move: (key: Key[]) => void): void => {
    let after: Key[] | undefined;
    do {
      after = root.transactionSync(() => {
        const keys = nextKeys(after);
        for (const key of keys) move(key);
        return keys.at(-1);
      });
    } while (after);
  };
  const keysBehind = (after: Key[] | undefined) => ({
    ...(after && { start: [...after, HIGHEST_CHARACTER] }),
    limit: KEYS_PER_TRANSACTION,
  });

  inBatches(
    (after) => [...users.getKeys(keysBehind(after))],
    (key) => {
      const [pk, sk] = key as [string, string];
      const target = keyInHistory({ table: HISTORY_TABLE, pk, sk });
      const stored = target && users.get(key);
      if (!stored) return;
      histories.putSync(target, stored);
      users.removeSync(key);
    },
  );
  inBatches(
    (after) => [...orders.getKeys(keysBehind(after))],
    (key) => {
      const [indexPk, indexSk, pk, sk] = key as [string, string, string, string];
      histories.putSync([...ordersOf(indexPk), indexSk, pk, sk], NOTHING);
      orders.removeSync(key);
    },
  );
}
