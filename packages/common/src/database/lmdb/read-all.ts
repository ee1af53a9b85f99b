import type { Transaction } from 'lmdb';
import type { IndexedItem, Item, StoreSnapshot } from '../table-store.ts';
import type { IndexName, TableName } from '../tables.ts';
import { checkBatchGet } from '../validate-transaction.ts';
import type { Environment } from './environment.ts';
import type { HistoryKind, StoredItem } from './item-layout.ts';
import { findStored, HISTORIES, HISTORY_TABLE, isHistoryIndex, itemKeyAt, toItem } from './item-layout.ts';
import { linesOfHistories, merged } from './read-keys.ts';

/** The parts at the end of an index key: sort key of the entry, partition key and sort key of the item. */
const ENTRY_PARTS = 3;

/** Returns every item of a table, as of the start of the scan. */
export async function* scanTable(environment: Environment, table: TableName): AsyncGenerator<Item> {
  const snapshot = takeSnapshot(environment);
  try {
    yield* snapshot.scan(table);
  } finally {
    snapshot.release();
  }
}

/** Returns every entry of an index, as of the start of the scan. */
export async function* scanIndex(
  environment: Environment,
  table: TableName,
  index: IndexName,
): AsyncGenerator<IndexedItem> {
  const snapshot = takeSnapshot(environment);
  try {
    yield* snapshot.scanIndex(table, index);
  } finally {
    snapshot.release();
  }
}

/** Returns a snapshot: one read transaction over all tables and indexes. */
export function takeSnapshot(environment: Environment): StoreSnapshot {
  const transaction = environment.root.useReadTransaction();
  return {
    async batchGet(keys) {
      checkBatchGet(keys);
      return keys.map((key) => {
        const stored = findStored(environment, key, transaction);
        return stored && toItem(key, stored);
      });
    },
    scan: (table) => itemsOf(environment, table, transaction),
    scanIndex: (table, index) => entriesOf(environment, { table, index }, transaction),
    release: () => transaction.done(),
  };
}

/** Returns the items of a table by partition and sort key, with those in histories. */
async function* itemsOf(
  environment: Environment,
  table: TableName,
  transaction: Transaction,
): AsyncGenerator<Item> {
  const ofTable = itemsOfTable(environment, table, transaction);
  if (table !== HISTORY_TABLE) {
    yield* ofTable;
    return;
  }
  yield* merged(ofTable, itemsOfHistories(environment, HISTORIES.ledger, transaction), isBefore);
  yield* itemsOfHistories(environment, HISTORIES.events, transaction);
  yield* itemsOfHistories(environment, HISTORIES.trades, transaction);
}

function* itemsOfTable(
  environment: Environment,
  table: TableName,
  transaction: Transaction,
): Generator<Item, void, undefined> {
  for (const { key, value } of environment.table(table).getRange({ transaction })) {
    const [pk = '', sk = ''] = key as string[];
    yield toItem({ table, pk, sk }, value);
  }
}

function* itemsOfHistories(
  environment: Environment,
  kind: HistoryKind,
  transaction: Transaction,
): Generator<Item, void, undefined> {
  for (const { key, value } of linesOfHistories(environment, kind, transaction)) {
    yield toItem(itemKeyAt(key), value as StoredItem);
  }
}

function isBefore({ key: one }: Item, { key: other }: Item): boolean {
  if (one.pk === other.pk) return one.sk < other.sk;
  return Buffer.compare(Buffer.from(one.pk), Buffer.from(other.pk)) < 0;
}

async function* entriesOf(
  environment: Environment,
  { table, index }: { readonly table: TableName; readonly index: IndexName },
  transaction: Transaction,
): AsyncGenerator<IndexedItem> {
  const lines = isHistoryIndex(index)
    ? linesOfHistories(environment, HISTORIES.orders, transaction)
    : environment.index(table, index).getRange({ transaction });
  for (const { key: line } of lines) {
    const parts = line as string[];
    const [indexSk = '', pk = '', sk = ''] = parts.slice(-ENTRY_PARTS);
    yield { entry: { pk: parts[0] ?? '', sk: indexSk }, key: { table, pk, sk } };
  }
}
