import type { Transaction } from 'lmdb';
import type { IndexedItem, Item, StoreSnapshot } from '../table-store.ts';
import type { IndexName, TableName } from '../tables.ts';
import { checkBatchGet } from '../validate-transaction.ts';
import type { Environment } from './environment.ts';
import { toItem } from './stored-item.ts';

/** Every item of a table; without a transaction, as of when the reading begins. */
export async function* scanTable(
  environment: Environment,
  table: TableName,
  transaction?: Transaction,
): AsyncGenerator<Item> {
  for (const { key, value } of environment.table(table).getRange({ ...(transaction && { transaction }) })) {
    const [pk = '', sk = ''] = key as string[];
    yield toItem({ table, pk, sk }, value);
  }
}

export async function* scanIndex(
  environment: Environment,
  table: TableName,
  index: IndexName,
  transaction?: Transaction,
): AsyncGenerator<IndexedItem> {
  for (const line of environment.index(table, index).getKeys({ ...(transaction && { transaction }) })) {
    const [indexPk = '', indexSk = '', pk = '', sk = ''] = line as string[];
    yield { entry: { pk: indexPk, sk: indexSk }, key: { table, pk, sk } };
  }
}

/** One read transaction spans all tables and indexes, so everything read in it is of one moment. */
export function takeSnapshot(environment: Environment): StoreSnapshot {
  const transaction = environment.root.useReadTransaction();
  return {
    async batchGet(keys) {
      checkBatchGet(keys);
      return keys.map((key) => {
        const stored = environment.table(key.table).get([key.pk, key.sk], { transaction });
        return stored && toItem(key, stored);
      });
    },
    scan: (table) => scanTable(environment, table, transaction),
    scanIndex: (table, index) => scanIndex(environment, table, index, transaction),
    release: () => transaction.done(),
  };
}
