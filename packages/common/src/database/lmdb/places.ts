import type { Database, Key, Transaction } from 'lmdb';
import type { IndexEntry, ItemKey } from '../table-store.ts';
import type { IndexName, TableName } from '../tables.ts';
import type { Environment } from './environment.ts';
import { isHistoryIndex, ordersOf, placeInHistory } from './histories.ts';
import type { StoredItem } from './stored-item.ts';

/** A key in one of the trees of the file. */
export interface Place<V> {
  readonly tree: Database<V, Key[]>;
  readonly key: Key[];
}

export function placeOfItem({ histories, table }: Environment, key: ItemKey): Place<StoredItem> {
  const inHistory = placeInHistory(key);
  // The values of entries lie at keys that no item has.
  if (inHistory) return { tree: histories as Database<StoredItem, Key[]>, key: inHistory };
  return { tree: table(key.table), key: [key.pk, key.sk] };
}

export interface EntryOfItem {
  readonly key: ItemKey;
  readonly name: IndexName;
  readonly entry: IndexEntry;
}

export function placeOfEntry(environment: Environment, { key, name, entry }: EntryOfItem): Place<string> {
  const partition = placeOfPartition(environment, { table: key.table, index: name, pk: entry.pk });
  return { tree: partition.tree, key: [...partition.key, entry.sk, key.pk, key.sk] };
}

/** Where a partition of an index lies: its keys go on with the entry's sort key, then with the keys of the item. */
export function placeOfPartition(
  environment: Environment,
  { table, index, pk }: { readonly table: TableName; readonly index: IndexName; readonly pk: string },
): Place<string> {
  if (!isHistoryIndex(index)) return { tree: environment.index(table, index), key: [pk] };
  return { tree: environment.histories as unknown as Database<string, Key[]>, key: [...ordersOf(pk)] };
}

/** As of a transaction, or of the write transaction that runs, or else of what is on the disk now. */
export function findStored(
  environment: Environment,
  itemKey: ItemKey,
  transaction?: Transaction,
): StoredItem | undefined {
  const { tree, key } = placeOfItem(environment, itemKey);
  return tree.get(key, transaction && { transaction });
}
