import type { Key, RangeOptions } from 'lmdb';
import { compareKeys } from 'lmdb';
import type { Page, Position } from '../../core/pagination.ts';
import type { Attributes, Item, ItemKey, Query, SortKeyRange } from '../table-store.ts';
import { MAX_EVALUATED_PER_QUERY } from '../table-store.ts';
import type { IndexName, TableName } from '../tables.ts';
import { indexDefinition } from '../tables.ts';
import { HIGHEST_CHARACTER } from '../validate-transaction.ts';
import type { Environment } from './environment.ts';
import { toItem } from './stored-item.ts';

/** Answers a query from one snapshot. */
export function runQuery(environment: Environment, query: Query): Page<Item> {
  const items: Item[] = [];
  let last: Position | undefined;
  let evaluated = 0;
  for (const key of keysInRange(environment, query)) {
    if (items.length === query.limit || evaluated === MAX_EVALUATED_PER_QUERY) return { items, next: last };
    evaluated += 1;
    const { position, itemKey } = locate(query, key);
    last = position;
    const stored = environment.table(query.table).get([itemKey.pk, itemKey.sk]);
    if (!stored || !matches(stored.a, query.where)) continue;
    items.push(project(query.table, query.index, toItem(itemKey, stored)));
  }
  return { items, next: undefined };
}

function keysInRange(environment: Environment, query: Query): Iterable<Key[]> {
  const { low, high } = boundsOf(query.sk);
  const isDescending = query.order === 'descending';
  // A bound of an index has two parts, its keys have four: the shorter one sorts first.
  const lowest: Key[] = [query.pk, low];
  const highest: Key[] = query.index ? [query.pk, high, HIGHEST_CHARACTER] : [query.pk, high];
  const [first, last] = isDescending ? [highest, lowest] : [lowest, highest];
  const position = query.after && keyOfPosition(query, query.after);
  // A position comes from a client, who may have bent it: what lies before the range stays out of sight.
  const isBeforeRange = position && compareKeys(position, first) * (isDescending ? -1 : 1) < 0;
  const after = isBeforeRange ? undefined : position;
  const range: RangeOptions = {
    start: after ?? first,
    end: last,
    reverse: isDescending,
    exclusiveStart: after !== undefined,
    inclusiveEnd: true,
  };
  const database = query.index ? environment.index(query.table, query.index) : environment.table(query.table);
  return database.getKeys(range);
}

function boundsOf(range: SortKeyRange | undefined): { low: string; high: string } {
  if (!range) return { low: '', high: HIGHEST_CHARACTER };
  if ('prefix' in range) return { low: range.prefix, high: range.prefix + HIGHEST_CHARACTER };
  return { low: range.from ?? '', high: range.to ?? HIGHEST_CHARACTER };
}

function keyOfPosition(query: Query, position: Position): Key[] {
  const { pk = '', sk = '', indexSk = '' } = position;
  return query.index ? [query.pk, indexSk, pk, sk] : [query.pk, sk];
}

function locate(query: Query, key: Key[]): { position: Position; itemKey: ItemKey } {
  if (!query.index) {
    const [pk = '', sk = ''] = key as string[];
    return { position: { pk, sk }, itemKey: { table: query.table, pk, sk } };
  }
  const [, indexSk = '', pk = '', sk = ''] = key as string[];
  return { position: { pk, sk, indexSk }, itemKey: { table: query.table, pk, sk } };
}

function matches(attributes: Attributes, where: Attributes | undefined): boolean {
  return !where || Object.entries(where).every(([name, value]) => attributes[name] === value);
}

/** An index shows what it projects, here as on DynamoDB, so that no code comes to rely on more. */
function project(table: TableName, index: IndexName | undefined, item: Item): Item {
  const projection = index ? (indexDefinition(table, index)?.projection ?? 'all') : 'all';
  if (projection === 'all') return item;
  const kept = projection.flatMap((name) => {
    const value = item.attributes[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // The version is not copied either: with it, every write of an item would pay for every index.
  return { ...item, attributes: Object.fromEntries(kept), version: 0 };
}
