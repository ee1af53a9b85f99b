import type { Key } from 'lmdb';
import { SEPARATOR } from '../keys.ts';
import type { ItemKey } from '../table-store.ts';
import type { IndexName, TableName } from '../tables.ts';
import { USER_LISTS } from '../tables.ts';
import { mirrored, unmirrored } from './mirrored-text.ts';

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
