import type { Key, Transaction } from 'lmdb';
import type { IndexedItem, ItemKey, StoreSnapshot, WholeItem } from '../table-store.ts';
import type { IndexName, TableName } from '../tables.ts';
import { checkBatchGet } from '../validate-transaction.ts';
import type { Environment } from './environment.ts';
import type { HistoryKind, StoredItem } from './item-layout.ts';
import {
  findStored,
  HISTORIES,
  HISTORY_TABLE,
  historyOfPartition,
  isHistoryIndex,
  itemKeyAt,
  keyOfSortKey,
  ledgerOf,
  toItem,
  toWholeItem,
} from './item-layout.ts';
import { linesOfHistories, merged } from './read-keys.ts';

/** The parts at the end of an index key: sort key of the entry, partition key and sort key of the item. */
const ENTRY_PARTS = 3;

/** Returns every item of a table, as of the start of the scan. */
export async function* scanTable(
  environment: Environment,
  table: TableName,
  after?: ItemKey,
): AsyncGenerator<WholeItem> {
  const snapshot = takeSnapshot(environment);
  try {
    yield* snapshot.scan(table, after);
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
    scan: (table, after) => itemsOf(environment, { table, after }, transaction),
    scanIndex: (table, index) => entriesOf(environment, { table, index }, transaction),
    release: () => transaction.done(),
  };
}

/** A table, and the item behind which a scan begins. */
interface ScanRange {
  readonly table: TableName;
  readonly after: ItemKey | undefined;
}

/**
 * Returns the items of a table by partition and sort key, with those in histories: first the items of users with their
 * ledgers, then all events, then all trades.
 */
async function* itemsOf(
  environment: Environment,
  { table, after }: ScanRange,
  transaction: Transaction,
): AsyncGenerator<WholeItem> {
  if (table !== HISTORY_TABLE) {
    yield* itemsOfTable(environment, { table, after }, transaction);
    return;
  }
  const history = after && historyOfPartition(table, after.pk);
  const kind = history?.[1] ?? HISTORIES.ledger;
  if (kind === HISTORIES.ledger) {
    const startKey = after && keyOfSortKey(ledgerOf(after.pk), after.sk);
    const ledgers = itemsOfHistories(environment, { kind, after: startKey }, transaction);
    yield* merged(itemsOfTable(environment, { table, after }, transaction), ledgers, isBefore);
  }
  const startKey = history && after && keyOfSortKey(history, after.sk);
  for (const next of [HISTORIES.events, HISTORIES.trades]) {
    if (next < kind) continue;
    yield* itemsOfHistories(
      environment,
      { kind: next, after: next === kind ? startKey : undefined },
      transaction,
    );
  }
}

function* itemsOfTable(
  environment: Environment,
  { table, after }: ScanRange,
  transaction: Transaction,
): Generator<WholeItem, void, undefined> {
  const start = after && { start: [after.pk, after.sk], exclusiveStart: true };
  for (const { key, value } of environment.table(table).getRange({ ...start, transaction })) {
    const [pk = '', sk = ''] = key as string[];
    yield toWholeItem({ table, pk, sk }, value);
  }
}

function* itemsOfHistories(
  environment: Environment,
  { kind, after }: { readonly kind: HistoryKind; readonly after: Key[] | undefined },
  transaction: Transaction,
): Generator<WholeItem, void, undefined> {
  for (const { key, value } of linesOfHistories(environment, kind, { after, transaction })) {
    yield toWholeItem(itemKeyAt(key), value as StoredItem);
  }
}

function isBefore({ key: one }: WholeItem, { key: other }: WholeItem): boolean {
  if (one.pk === other.pk) return one.sk < other.sk;
  return Buffer.compare(Buffer.from(one.pk), Buffer.from(other.pk)) < 0;
}

async function* entriesOf(
  environment: Environment,
  { table, index }: { readonly table: TableName; readonly index: IndexName },
  transaction: Transaction,
): AsyncGenerator<IndexedItem> {
  const lines = isHistoryIndex(index)
    ? linesOfHistories(environment, HISTORIES.orders, { transaction })
    : environment.index(table, index).getRange({ transaction });
  for (const { key: line } of lines) {
    const parts = line as string[];
    const [indexSk = '', pk = '', sk = ''] = parts.slice(-ENTRY_PARTS);
    yield { entry: { pk: parts[0] ?? '', sk: indexSk }, key: { table, pk, sk } };
  }
}
