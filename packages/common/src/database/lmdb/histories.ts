import type { Key } from 'lmdb';
import type { ItemKey } from '../table-store.ts';
import type { IndexName, TableName } from '../tables.ts';
import { TABLES } from '../tables.ts';
import { mirrored, unmirrored } from './mirrored-text.ts';

// An order adds to four lists of its user. Each in a place of its own, they would end on four pages of the file, all of
// them written for one order. So the lists of a user lie in one tree and in pairs, end to end: the end of the first one
// meets the beginning of the second one, which lies there in reverse. What is newest in both is on one page.

/** The lists of a user in the order in which they lie. */
export const HISTORIES = {
  /** Ledger entries: users, username, `TRANS#...`. */
  ledger: '0',
  /** Events, the newest first: users, `EVENT#{username}`. */
  events: '1',
  /** Entries of UserOrdersIndex. */
  orders: '2',
  /** Trades, by asset and the newest first: users, `TRANS#{username}#{asset}`. */
  trades: '3',
} as const;
export type HistoryKind = (typeof HISTORIES)[keyof typeof HISTORIES];

/** A list of somebody: how all its keys in the tree begin. */
export type History = readonly [username: string, kind: HistoryKind, ...rest: string[]];

/** Whether sort keys lie in such lists in reverse. */
export function isReversed(kind: HistoryKind): boolean {
  return kind === HISTORIES.events || kind === HISTORIES.trades;
}

const [EVENT_PREFIX] = TABLES.users.logs;
const TRANSACTION_PREFIX = 'TRANS#';
const SEPARATOR = '#';

/** The partition of a table that is a history as a whole; undefined for any other one. */
export function historyOfPartition(table: TableName, pk: string): History | undefined {
  if (table !== 'users') return undefined;
  if (pk.startsWith(EVENT_PREFIX)) return [pk.slice(EVENT_PREFIX.length), HISTORIES.events];
  if (!pk.startsWith(TRANSACTION_PREFIX)) return undefined;
  const name = pk.slice(TRANSACTION_PREFIX.length);
  const end = name.includes(SEPARATOR) ? name.indexOf(SEPARATOR) : name.length;
  return [name.slice(0, end), HISTORIES.trades, name.slice(end)];
}

/** The ledger in a partition of the table of users, which has other items too. */
export function ledgerOf(username: string): History {
  return [username, HISTORIES.ledger];
}

/** How the sort keys of the ledger begin, and no others. */
export const LEDGER_SORT_KEYS = TRANSACTION_PREFIX;

/** Where an item lies in the tree of histories; undefined when it is in the tree of its table. */
export function placeInHistory({ table, pk, sk }: ItemKey): Key[] | undefined {
  const history = historyOfPartition(table, pk);
  if (history) return placeOf(history, sk);
  return table === 'users' && sk.startsWith(LEDGER_SORT_KEYS) ? placeOf(ledgerOf(pk), sk) : undefined;
}

/** Where a sort key lies in a history. Works for the bounds of ranges, too. */
export function placeOf(history: History, sk: string): Key[] {
  return [...history, isReversed(history[1]) ? mirrored(sk) : sk];
}

/** The key of the item that lies at a place which is no index entry's. */
export function itemKeyAt(place: readonly Key[]): ItemKey {
  const [username = '', kind, first = '', second = ''] = place as readonly string[];
  if (kind === HISTORIES.ledger) return { table: 'users', pk: username, sk: first };
  if (kind === HISTORIES.events)
    return { table: 'users', pk: EVENT_PREFIX + username, sk: unmirrored(first) };
  return { table: 'users', pk: TRANSACTION_PREFIX + username + first, sk: unmirrored(second) };
}

/** The one index whose entries lie in the tree of histories. */
export function isHistoryIndex(index: IndexName): boolean {
  return index === 'UserOrdersIndex';
}

/** A partition of that index. */
export function ordersOf(username: string): History {
  return [username, HISTORIES.orders];
}
