import type { Database, Key, Transaction } from 'lmdb';
import type { Attributes, IndexEntry, Item, ItemContent, ItemKey, WholeItem } from '../table-store.ts';
import type { IndexName, TableName } from '../tables.ts';
import { SEPARATOR, USER_LISTS } from '../tables.ts';

// The layout of the file: the form of a stored item, and the tree and key under which each item and index entry is stored.

/** The trees of the file with items and index entries. */
export interface ItemTrees {
  /** [pk, sk] -> item, except items of histories. */
  table(name: TableName): Database<StoredItem, Key[]>;
  /** [index pk, index sk, pk, sk] -> nothing; the item is read from its table. */
  index(table: TableName, name: IndexName): Database<string, Key[]>;
  /** Items and index entries of the lists of each user. */
  readonly histories: Database<StoredItem | typeof NOTHING, Key[]>;
}

/** The stored form of an item. The names are short because every item stores them. */
export interface StoredItem {
  /** Version. */
  readonly v: number;
  /** Attributes. */
  readonly a: Attributes;
  /** Index entries, kept so that a later write can remove them. */
  readonly i?: Partial<Readonly<Record<IndexName, IndexEntry>>>;
  /** Expiry in epoch seconds. */
  readonly e?: number;
}

/** The value of entries that have only a key, such as index entries. */
export const NOTHING = '';

/** Converts the content of a write into its stored form. */
export function toStoredItem(content: ItemContent, version: number): StoredItem {
  const { attributes: a, indexes: i, expiresAtEpochSeconds: e } = content;
  // Writes out the four shapes: this runs for every written item, and a spread would cost more than the rest.
  if (i) return e === undefined ? { v: version, a, i } : { v: version, a, i, e };
  return e === undefined ? { v: version, a } : { v: version, a, e };
}

/** Converts a stored item into an item of the port. */
export function toItem(key: ItemKey, stored: StoredItem): Item {
  return { key, attributes: stored.a, version: stored.v };
}

/** Converts a stored item into an item with all that a copy needs. */
export function toWholeItem(key: ItemKey, { v, a, i, e }: StoredItem): WholeItem {
  return {
    key,
    attributes: a,
    version: v,
    ...(i && { indexes: i }),
    ...(e !== undefined && { expiresAtEpochSeconds: e }),
  };
}

// An order appends to four lists of its user. In separate trees, an order would write four pages of the file. So the
// lists of a user are in one tree, in two pairs: the second list of a pair is stored in reverse, so that the newest items
// of both are next to each other, usually on one page.

/** The lists of a user (`USER_LISTS`) in the order in which they are stored. */
export const HISTORIES = {
  ledger: '0',
  events: '1',
  orders: '2',
  trades: '3',
} as const;
export type HistoryKind = (typeof HISTORIES)[keyof typeof HISTORIES];

/** A list of a user: the common beginning of its keys in the tree. */
export type History = readonly [username: string, kind: HistoryKind, ...rest: string[]];

/** Returns whether lists of a kind are stored in reverse. */
export function isReversed(kind: HistoryKind): boolean {
  return kind === HISTORIES.events || kind === HISTORIES.trades;
}

/** The table of the items in histories. */
export const HISTORY_TABLE = USER_LISTS.table;
/** The prefix of the partitions with events. */
export const EVENT_PARTITIONS = USER_LISTS.eventPartitions;
/** The prefix of the sort keys of ledger entries. */
export const LEDGER_SORT_KEYS = USER_LISTS.ledgerSortKeys;
const TRADE_PARTITIONS = USER_LISTS.tradePartitions;

/** Returns the history that a whole partition is stored in, or undefined. */
export function historyOfPartition(table: TableName, pk: string): History | undefined {
  if (table !== HISTORY_TABLE) return undefined;
  if (pk.startsWith(EVENT_PARTITIONS)) return [pk.slice(EVENT_PARTITIONS.length), HISTORIES.events];
  if (!pk.startsWith(TRADE_PARTITIONS)) return undefined;
  const name = pk.slice(TRADE_PARTITIONS.length);
  const end = name.includes(SEPARATOR) ? name.indexOf(SEPARATOR) : name.length;
  return [name.slice(0, end), HISTORIES.trades, name.slice(end)];
}

/** Returns the ledger of a user, which is a part of the user's partition. */
export function ledgerOf(username: string): History {
  return [username, HISTORIES.ledger];
}

/** Returns the key of an item in the tree of histories, or undefined when it is in the tree of its table. */
export function keyInHistory({ table, pk, sk }: ItemKey): Key[] | undefined {
  const history = historyOfPartition(table, pk);
  if (history) return keyOfSortKey(history, sk);
  return table === HISTORY_TABLE && sk.startsWith(LEDGER_SORT_KEYS)
    ? keyOfSortKey(ledgerOf(pk), sk)
    : undefined;
}

/** Returns the tree key of a sort key, or of the bound of a range, in a history. */
export function keyOfSortKey(history: History, sk: string): Key[] {
  return [...history, isReversed(history[1]) ? mirrored(sk) : sk];
}

/** Returns the key of the item at a tree key that is not an index entry. Inverse of `keyInHistory`. */
export function itemKeyAt(key: readonly Key[]): ItemKey {
  const [username = '', kind, first = '', second = ''] = key as readonly string[];
  if (kind === HISTORIES.ledger) return { table: HISTORY_TABLE, pk: username, sk: first };
  if (kind === HISTORIES.events)
    return { table: HISTORY_TABLE, pk: EVENT_PARTITIONS + username, sk: unmirrored(first) };
  return { table: HISTORY_TABLE, pk: TRADE_PARTITIONS + username + first, sk: unmirrored(second) };
}

/** Returns whether the entries of an index are in the tree of histories. */
export function isHistoryIndex(index: IndexName): boolean {
  return index === USER_LISTS.orderIndex.name;
}

/** Returns the history with the index entries of a user's orders. */
export function ordersOf(username: string): History {
  return [username, HISTORIES.orders];
}

/** A key in one of the trees of the file. */
export interface Location<V> {
  readonly tree: Database<V, Key[]>;
  readonly key: Key[];
}

/** Returns where an item is stored. */
export function locationOfItem({ histories, table }: ItemTrees, key: ItemKey): Location<StoredItem> {
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
export function locationOfEntry(trees: ItemTrees, { key, name, entry }: EntryOfItem): Location<string> {
  const partition = locationOfPartition(trees, { table: key.table, index: name, pk: entry.pk });
  return { tree: partition.tree, key: [...partition.key, entry.sk, key.pk, key.sk] };
}

/** Returns where a partition of an index is stored. Its keys continue with the index sort key, then the item's keys. */
export function locationOfPartition(
  trees: ItemTrees,
  { table, index, pk }: { readonly table: TableName; readonly index: IndexName; readonly pk: string },
): Location<string> {
  if (!isHistoryIndex(index)) return { tree: trees.index(table, index), key: [pk] };
  return { tree: trees.histories as unknown as Database<string, Key[]>, key: [...ordersOf(pk)] };
}

/** Returns a stored item, as of the given read transaction, the running write transaction, or the last commit. */
export function findStored(
  trees: ItemTrees,
  itemKey: ItemKey,
  transaction?: Transaction,
): StoredItem | undefined {
  const { tree, key } = locationOfItem(trees, itemKey);
  return tree.get(key, transaction && { transaction });
}

const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;
const PRINTABLE = /^[ -~]*$/;
const HIGHEST_CODE_POINT = 0x10ffff;
/** Marks a character that is not printable ASCII; sorts before all mirrored printable characters. */
const OTHER_CHARACTER = '\u001c';
const HEXADECIMAL = 16;
const HEXADECIMAL_DIGITS = 6;
/** Sorts after every mirrored character, so that a text sorts after the texts that continue it. */
const END = '\u007f';

/**
 * Returns a text that sorts in reverse: if one text sorts before another by its bytes in UTF-8, its mirrored text sorts
 * after the other's.
 */
export function mirrored(text: string): string {
  return PRINTABLE.test(text) ? mirroredPrintable(text) + END : Array.from(text, imageOf).join('') + END;
}

/** Inverse of `mirrored`. */
export function unmirrored(image: string): string {
  const [printable = '', ...others] = image.slice(0, -END.length).split(OTHER_CHARACTER);
  return mirroredPrintable(printable) + others.map(textOf).join('');
}

/** Mirrors printable ASCII; its own inverse. Works on bytes, which is faster than joining characters. */
function mirroredPrintable(text: string): string {
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += 1)
    bytes[at] = FIRST_PRINTABLE + LAST_PRINTABLE - (bytes[at] ?? 0);
  return bytes.toString('latin1');
}

function imageOf(character: string): string {
  if (PRINTABLE.test(character)) return mirroredPrintable(character);
  const distance = HIGHEST_CODE_POINT - (character.codePointAt(0) ?? 0);
  return OTHER_CHARACTER + distance.toString(HEXADECIMAL).padStart(HEXADECIMAL_DIGITS, '0');
}

/** Returns a character from its distance, and the printable characters that follow it. */
function textOf(image: string): string {
  const distance = Number.parseInt(image.slice(0, HEXADECIMAL_DIGITS), HEXADECIMAL);
  return (
    String.fromCodePoint(HIGHEST_CODE_POINT - distance) + mirroredPrintable(image.slice(HEXADECIMAL_DIGITS))
  );
}
