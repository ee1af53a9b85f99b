import type { Database, Key, Transaction } from 'lmdb';
import type { IndexEntry, ItemKey } from '../table-store.ts';
import type { IndexName, TableName } from '../tables.ts';
import type { Environment } from './environment.ts';
import { isHistoryIndex, keyInHistory, ordersOf } from './histories.ts';
import type { StoredItem } from './stored-item.ts';

/** A key in one of the trees of the file. */
export interface Location<V> {
  readonly tree: Database<V, Key[]>;
  readonly key: Key[];
}

/** Returns where an item is stored. */
export function locationOfItem({ histories, table }: Environment, key: ItemKey): Location<StoredItem> {
  const inHistory = keyInHistory(key);
  // Index entries in this tree have keys that no item has.
  if (inHistory) return { tree: histories as Database<StoredItem, Key[]>, key: inHistory };
  return { tree: table(key.table), key: [key.pk, key.sk] };
}

/** An index entry and the key of its item. */
export interface EntryOfItem {
  readonly key: ItemKey;
  readonly name: IndexName;
  readonly entry: IndexEntry;
}

/** Returns where an index entry is stored. */
export function locationOfEntry(
  environment: Environment,
  { key, name, entry }: EntryOfItem,
): Location<string> {
  const partition = locationOfPartition(environment, { table: key.table, index: name, pk: entry.pk });
  return { tree: partition.tree, key: [...partition.key, entry.sk, key.pk, key.sk] };
}

/** Returns where a partition of an index is stored. Its keys continue with the index sort key, then the item's keys. */
export function locationOfPartition(
  environment: Environment,
  { table, index, pk }: { readonly table: TableName; readonly index: IndexName; readonly pk: string },
): Location<string> {
  if (!isHistoryIndex(index)) return { tree: environment.index(table, index), key: [pk] };
  return { tree: environment.histories as unknown as Database<string, Key[]>, key: [...ordersOf(pk)] };
}

/** Returns a stored item, as of the given read transaction, the running write transaction, or the last commit. */
export function findStored(
  environment: Environment,
  itemKey: ItemKey,
  transaction?: Transaction,
): StoredItem | undefined {
  const { tree, key } = locationOfItem(environment, itemKey);
  return tree.get(key, transaction && { transaction });
}
