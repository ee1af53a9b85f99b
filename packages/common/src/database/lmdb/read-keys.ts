import type { Key, RangeOptions, Transaction } from 'lmdb';
import type { TableName } from '../tables.ts';
import { HIGHEST_CHARACTER } from '../validate-transaction.ts';
import type { Environment } from './environment.ts';
import type { History, HistoryKind, NOTHING, StoredItem } from './item-layout.ts';
import {
  HISTORY_TABLE,
  historyOfPartition,
  isReversed,
  itemKeyAt,
  keyOfSortKey,
  LEDGER_SORT_KEYS,
  ledgerOf,
} from './item-layout.ts';

/** A range of sort keys of a partition, both bounds inclusive. */
export interface SortKeys {
  readonly low: string;
  readonly high: string;
  readonly isDescending: boolean;
  /** Reading continues after this sort key, in the given direction. */
  readonly after?: string | undefined;
}

/** A key of a tree and its value. */
export interface Line {
  readonly key: Key[];
  readonly value: StoredItem | typeof NOTHING;
}

/** A range of keys of a tree, both bounds inclusive. */
export interface TreeKeys {
  readonly lowest: Key[];
  readonly highest: Key[];
  readonly isDescending: boolean;
  readonly after?: Key[] | undefined;
  readonly transaction?: Transaction;
}

/** Converts a range of tree keys into options of the library. */
export function rangeOptions({ lowest, highest, isDescending, after, transaction }: TreeKeys): RangeOptions {
  const [first, last] = isDescending ? [highest, lowest] : [lowest, highest];
  return {
    start: after ?? first,
    end: last,
    reverse: isDescending,
    exclusiveStart: after !== undefined,
    inclusiveEnd: true,
    ...(transaction && { transaction }),
  };
}

/** Returns the sort keys of a partition in order, wherever its items are stored. */
export function sortKeysOf(
  environment: Environment,
  { table, pk }: { readonly table: TableName; readonly pk: string },
  range: SortKeys,
): Iterable<string> {
  const history = historyOfPartition(table, pk);
  if (history) return sortKeysOfHistory(environment, history, range);
  const hasLedger = table === HISTORY_TABLE && range.high >= LEDGER_SORT_KEYS;
  if (hasLedger && range.low.startsWith(LEDGER_SORT_KEYS) && range.high.startsWith(LEDGER_SORT_KEYS)) {
    return sortKeysOfHistory(environment, ledgerOf(pk), range);
  }
  const ofTable = sortKeysOfTable(environment, { table, pk }, range);
  if (!hasLedger) return ofTable;
  const ofLedger = sortKeysOfHistory(environment, ledgerOf(pk), range);
  return merged(ofTable, ofLedger, (one, other) => one < other !== range.isDescending);
}

function* sortKeysOfTable(
  environment: Environment,
  { table, pk }: { readonly table: TableName; readonly pk: string },
  { low, high, isDescending, after }: SortKeys,
): Generator<string, void, undefined> {
  const keys = {
    lowest: [pk, low],
    highest: [pk, high],
    isDescending,
    after: after === undefined ? undefined : [pk, after],
  };
  for (const [, sk] of environment.table(table).getKeys(rangeOptions(keys))) yield sk as string;
}

function* sortKeysOfHistory(
  environment: Environment,
  history: History,
  { low, high, isDescending, after }: SortKeys,
): Generator<string, void, undefined> {
  const isInReverse = isReversed(history[1]);
  const [lowest, highest] = isInReverse ? [high, low] : [low, high];
  const keys = {
    lowest: keyOfSortKey(history, lowest),
    highest: keyOfSortKey(history, highest),
    isDescending: isDescending !== isInReverse,
    after: after === undefined ? undefined : keyOfSortKey(history, after),
  };
  for (const key of environment.histories.getKeys(rangeOptions(keys))) yield itemKeyAt(key).sk;
}

/** Returns the next user, by name, with a history of a kind. */
export function nextOwner(
  histories: Environment['histories'],
  kind: HistoryKind,
  { after, transaction }: { readonly after?: string | undefined; readonly transaction?: Transaction },
): string | undefined {
  let start: Key[] | undefined = after === undefined ? undefined : [after, kind, HIGHEST_CHARACTER];
  for (;;) {
    const [key] = histories.getKeys({
      ...(start && { start }),
      limit: 1,
      ...(transaction && { transaction }),
    });
    if (!key) return undefined;
    const [owner = '', found = ''] = key as string[];
    if (found === kind) return owner;
    start = found < kind ? [owner, kind] : [owner, HIGHEST_CHARACTER];
  }
}

/**
 * Returns the histories of a kind, user by user, each in the order of its sort keys.
 * @param after the tree key behind which to begin
 */
export function* linesOfHistories(
  { histories }: Environment,
  kind: HistoryKind,
  { after, transaction }: { readonly after?: Key[] | undefined; readonly transaction: Transaction },
): Generator<Line, void, undefined> {
  const isDescending = isReversed(kind);
  const linesOf = (owner: string, behind?: Key[]) => {
    const lowest = [owner, kind];
    const highest = [...lowest, HIGHEST_CHARACTER];
    return histories.getRange(rangeOptions({ lowest, highest, isDescending, after: behind, transaction }));
  };
  let owner = after && String(after[0]);
  if (owner !== undefined) yield* linesOf(owner, after);
  for (;;) {
    owner = nextOwner(histories, kind, { after: owner, transaction });
    if (owner === undefined) return;
    yield* linesOf(owner);
  }
}

/** Merges two sorted sequences without common elements. */
export function* merged<T>(
  one: Iterable<T>,
  other: Iterable<T>,
  isBefore: (one: T, other: T) => boolean,
): Generator<T, void, undefined> {
  const sources = [one[Symbol.iterator](), other[Symbol.iterator]()] as const;
  try {
    let [first, second] = [sources[0].next(), sources[1].next()];
    while (first.done !== true || second.done !== true) {
      if (second.done === true || (first.done !== true && isBefore(first.value, second.value))) {
        if (first.done !== true) yield first.value;
        first = sources[0].next();
      } else {
        yield second.value;
        second = sources[1].next();
      }
    }
  } finally {
    for (const source of sources) source.return?.();
  }
}
