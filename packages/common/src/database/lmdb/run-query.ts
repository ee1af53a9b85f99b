import type { Key } from 'lmdb';
import { compareKeys } from 'lmdb';
import type { Page, Position } from '../../core/pagination.ts';
import type {
  Attributes,
  AttributeValue,
  Condition,
  Filter,
  Item,
  ItemKey,
  Query,
  SortKeyRange,
} from '../table-store.ts';
import { MAX_EVALUATED_PER_QUERY } from '../table-store.ts';
import type { IndexName, TableName } from '../tables.ts';
import { indexDefinition } from '../tables.ts';
import { HIGHEST_CHARACTER } from '../validate-transaction.ts';
import type { Environment } from './environment.ts';
import { findStored, locationOfPartition, toItem } from './item-layout.ts';
import { rangeOptions, sortKeysOf } from './read-keys.ts';

/** Runs a query on one snapshot. */
export function runQuery(environment: Environment, query: Query): Page<Item> {
  const items: Item[] = [];
  let last: Position | undefined;
  let evaluated = 0;
  for (const { position, itemKey } of query.index
    ? locateByIndex(environment, query, query.index)
    : locateByKey(environment, query)) {
    if (evaluated === MAX_EVALUATED_PER_QUERY) return { items, next: last };
    const stored = findStored(environment, itemKey);
    const isMatch = stored && matches(stored.a, query.where);
    // A full page searches for one more match, so that the last page has no `next`.
    if (isMatch && items.length === query.limit) return { items, next: last };
    evaluated += 1;
    last = position;
    if (isMatch) items.push(project(query.table, query.index, toItem(itemKey, stored)));
  }
  return { items, next: undefined };
}

interface Located {
  readonly position: Position;
  readonly itemKey: ItemKey;
}

function* locateByKey(
  environment: Environment,
  { table, pk, sk: range, order, after }: Query,
): Generator<Located, void, undefined> {
  const { low, high } = boundsOf(range);
  const isDescending = order === 'descending';
  const first = isDescending ? high : low;
  const position = after?.['sk'];
  const sortKeys = {
    low,
    high,
    isDescending,
    after: isBefore(position, first, isDescending) ? undefined : position,
  };
  for (const sk of sortKeysOf(environment, { table, pk }, sortKeys)) {
    yield { position: { pk, sk }, itemKey: { table, pk, sk } };
  }
}

function* locateByIndex(
  environment: Environment,
  { table, pk: indexPk, sk: range, order, after }: Query,
  index: IndexName,
): Generator<Located, void, undefined> {
  const { low, high } = boundsOf(range);
  const isDescending = order === 'descending';
  const { tree, key: prefix } = locationOfPartition(environment, { table, index, pk: indexPk });
  // A bound has fewer parts than a key, and the shorter one sorts first.
  const lowest = [...prefix, low];
  const highest = [...prefix, high, HIGHEST_CHARACTER];
  const position = after && [...prefix, after['indexSk'] ?? '', after['pk'] ?? '', after['sk'] ?? ''];
  const keys = {
    lowest,
    highest,
    isDescending,
    after: isBefore(position, isDescending ? highest : lowest, isDescending) ? undefined : position,
  };
  for (const key of tree.getKeys(rangeOptions(keys))) {
    const [indexSk = '', pk = '', sk = ''] = key.slice(prefix.length) as string[];
    yield { position: { pk, sk, indexSk }, itemKey: { table, pk, sk } };
  }
}

/**
 * Returns whether a position is before the range. A client may have changed its cursor, so such a position is ignored.
 */
function isBefore(position: Key | undefined, first: Key, isDescending: boolean): boolean {
  return position !== undefined && compareKeys(position, first) * (isDescending ? -1 : 1) < 0;
}

function boundsOf(range: SortKeyRange | undefined): { low: string; high: string } {
  if (!range) return { low: '', high: HIGHEST_CHARACTER };
  if ('prefix' in range) return { low: range.prefix, high: range.prefix + HIGHEST_CHARACTER };
  return { low: range.from ?? '', high: range.to ?? HIGHEST_CHARACTER };
}

function matches(attributes: Attributes, where: Filter | undefined): boolean {
  return !where || Object.entries(where).every(([name, condition]) => holds(attributes[name], condition));
}

function holds(value: AttributeValue | undefined, condition: Condition): boolean {
  if (typeof condition !== 'object' || condition === null) return value === condition;
  if ('in' in condition) return condition.in.some((each) => each === value);
  return typeof value === 'string' && value > condition.after;
}

/** Reduces an item to the projection of the index, as on DynamoDB, so that code does not rely on other attributes. */
function project(table: TableName, index: IndexName | undefined, item: Item): Item {
  const projection = index ? (indexDefinition(table, index)?.projection ?? 'all') : 'all';
  if (projection === 'all') return item;
  const kept = projection.flatMap((name) => {
    const value = item.attributes[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // The version is not projected: on DynamoDB every write of an item would then write each index.
  return { ...item, attributes: Object.fromEntries(kept), version: 0 };
}
