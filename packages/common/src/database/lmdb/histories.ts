import type { Key } from 'lmdb';
import { KEYS, SEPARATOR } from '../keys.ts';
import type { ItemKey } from '../table-store.ts';
import type { IndexName, TableName } from '../tables.ts';
import { mirrored, unmirrored } from './mirrored-text.ts';

// An order appends to four lists of its user. In separate trees, an order would write four pages of the file. So the
// lists of a user are in one tree, in two pairs: the second list of a pair is stored in reverse, so that the newest items
// of both are next to each other, usually on one page.

/** The lists of a user in the order in which they are stored. */
export const HISTORIES = {
  /** Ledger entries: users, username, `TRANS#...`. */
  ledger: '0',
  /** Events, newest first: users, `EVENT#{username}`. */
  events: '1',
  /** Entries of UserOrdersIndex. */
  orders: '2',
  /** Trades, by asset, newest first: users, `TRANS#{username}#{asset}`. */
  trades: '3',
} as const;
export type HistoryKind = (typeof HISTORIES)[keyof typeof HISTORIES];

/** A list of a user: the common beginning of its keys in the tree. */
export type History = readonly [username: string, kind: HistoryKind, ...rest: string[]];

/** Returns whether lists of a kind are stored in reverse. */
export function isReversed(kind: HistoryKind): boolean {
  return kind === HISTORIES.events || kind === HISTORIES.trades;
}

const EVENT_PREFIX = KEYS.users.event.pkPrefix;
const TRADES_PREFIX = KEYS.users.assetTransaction.pkPrefix;

/** Returns the history that a whole partition is stored in, or undefined. */
export function historyOfPartition(table: TableName, pk: string): History | undefined {
  if (table !== 'users') return undefined;
  if (pk.startsWith(EVENT_PREFIX)) return [pk.slice(EVENT_PREFIX.length), HISTORIES.events];
  if (!pk.startsWith(TRADES_PREFIX)) return undefined;
  const name = pk.slice(TRADES_PREFIX.length);
  const end = name.includes(SEPARATOR) ? name.indexOf(SEPARATOR) : name.length;
  return [name.slice(0, end), HISTORIES.trades, name.slice(end)];
}

/** Returns the ledger of a user, which is a part of the user's partition. */
export function ledgerOf(username: string): History {
  return [username, HISTORIES.ledger];
}

/** The prefix of the sort keys of ledger entries. */
export const LEDGER_SORT_KEYS = KEYS.users.ledgerEntry.skPrefix;

/** Returns the key of an item in the tree of histories, or undefined when it is in the tree of its table. */
export function placeInHistory({ table, pk, sk }: ItemKey): Key[] | undefined {
  const history = historyOfPartition(table, pk);
  if (history) return placeOf(history, sk);
  return table === 'users' && sk.startsWith(LEDGER_SORT_KEYS) ? placeOf(ledgerOf(pk), sk) : undefined;
}

/** Returns the tree key of a sort key, or of the bound of a range, in a history. */
export function placeOf(history: History, sk: string): Key[] {
  return [...history, isReversed(history[1]) ? mirrored(sk) : sk];
}

/** Returns the key of the item at a tree key that is not an index entry. Inverse of `placeInHistory`. */
export function itemKeyAt(place: readonly Key[]): ItemKey {
  const [username = '', kind, first = '', second = ''] = place as readonly string[];
  if (kind === HISTORIES.ledger) return { table: 'users', pk: username, sk: first };
  if (kind === HISTORIES.events)
    return { table: 'users', pk: EVENT_PREFIX + username, sk: unmirrored(first) };
  return { table: 'users', pk: TRADES_PREFIX + username + first, sk: unmirrored(second) };
}

/** Returns whether the entries of an index are in the tree of histories. */
export function isHistoryIndex(index: IndexName): boolean {
  return index === 'UserOrdersIndex';
}

/** Returns the history with the index entries of a user's orders. */
export function ordersOf(username: string): History {
  return [username, HISTORIES.orders];
}
