import type { Database, Key, Transaction } from 'lmdb';
import type { IndexEntry, ItemKey } from '../table-store.ts';
import type { IndexName } from '../tables.ts';
import type { Environment } from './environment.ts';
import { entryPlace, isHistoryIndex, placeInHistory } from './histories.ts';
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

export function placeOfEntry(
  { histories, index }: Environment,
  { key, name, entry }: EntryOfItem,
): Place<string> {
  if (isHistoryIndex(name)) {
    return { tree: histories as unknown as Database<string, Key[]>, key: entryPlace(entry, key) };
  }
  return { tree: index(key.table, name), key: [entry.pk, entry.sk, key.pk, key.sk] };
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
