import type { QueryCommandInput, QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Page, Position } from '../../core/pagination.ts';
import type { ComparedValue, Condition, Filter, Item, Query, SortKeyRange } from '../table-store.ts';
import { MAX_EVALUATED_PER_QUERY } from '../table-store.ts';
import { HIGHEST_CHARACTER } from '../validate-transaction.ts';
import type { Connection } from './connection.ts';
import type { StoredItem } from './item-codec.ts';
import {
  fromStoredItem,
  indexPartitionKey,
  indexSortKey,
  PARTITION_KEY,
  SORT_KEY,
  textOf,
  toStoredValue,
} from './item-codec.ts';
import type { Deadline } from './retry.ts';

/** The number of items per request when a filter may drop most of them. */
const FILTERED_CHUNK_ITEMS = 250;

/** A page of stored items. */
export interface StoredPage {
  readonly items: readonly StoredItem[];
  /** The place after which more items follow; undefined at the end. */
  readonly last: StoredItem | undefined;
}

/**
 * Queries one partition: one request for a usual page, and more when a filter drops items or a response reaches the limit
 * of 1 MB. It reads one match more than requested, so that the last page has no `next`.
 */
export async function queryPartition(
  connection: Connection,
  query: Query,
  deadline: Deadline,
): Promise<StoredPage> {
  const start = startOfRange(query.order, boundsOf(query.sk), sortKeyOf(query, query.after));
  if (start === 'nowhere') return { items: [], last: undefined };
  const isFiltered = Object.keys(query.where ?? {}).length > 0;
  const enough = query.limit + 1;
  const found: StoredItem[] = [];
  let startKey = start === 'after-position' && query.after ? toStartKey(query, query.after) : undefined;
  let evaluated = 0;
  for (;;) {
    const missing = enough - found.length;
    const chunk = isFiltered
      ? Math.min(Math.max(missing, FILTERED_CHUNK_ITEMS), MAX_EVALUATED_PER_QUERY - evaluated)
      : missing;
    const answer = await sendQuery(connection, toRequest(connection, query, chunk, startKey), deadline);
    found.push(...(answer.Items ?? []));
    evaluated += answer.ScannedCount ?? 0;
    startKey = answer.LastEvaluatedKey;
    if (found.length > query.limit)
      return { items: found.slice(0, query.limit), last: found[query.limit - 1] };
    if (!startKey) return { items: found, last: undefined };
    if (evaluated >= MAX_EVALUATED_PER_QUERY) return { items: found, last: startKey };
  }
}

async function sendQuery(
  connection: Connection,
  request: QueryCommandInput,
  deadline: Deadline,
): Promise<QueryCommandOutput> {
  const command = new QueryCommand(request);
  return await connection.send('Query', deadline, (options) => connection.client.send(command, options));
}

/** Converts a page of stored items into one of the port. */
export function toPage(query: Query, { items, last }: StoredPage): Page<Item> {
  return {
    items: items.map((item) => fromStoredItem(query.table, item)),
    next: last && toPosition(query, last),
  };
}

function toRequest(
  connection: Connection,
  query: Query,
  limit: number,
  startKey: StoredItem | undefined,
): QueryCommandInput {
  const key = keyCondition(query);
  const filter = filterExpression(query.where ?? {});
  return {
    TableName: connection.tableName(query.table),
    // DynamoDB has no consistent read on an index.
    ...(query.index === undefined ? { ConsistentRead: true } : { IndexName: query.index }),
    KeyConditionExpression: key.expression,
    ...(filter.expression !== '' && { FilterExpression: filter.expression }),
    ExpressionAttributeNames: { ...key.names, ...filter.names },
    ExpressionAttributeValues: { ...key.values, ...filter.values },
    ScanIndexForward: query.order === 'ascending',
    Limit: limit,
    ...(startKey && { ExclusiveStartKey: startKey }),
    ...connection.capacity,
  };
}

interface Expression {
  readonly expression: string;
  readonly names: Record<string, string>;
  readonly values: StoredItem;
}

function keyCondition(query: Query): Expression {
  const { from, to } = boundsOf(query.sk);
  const names: Record<string, string> = {
    '#pk': query.index ? indexPartitionKey(query.index) : PARTITION_KEY,
  };
  const values: StoredItem = { ':pk': { S: query.pk } };
  if (from !== undefined) values[':from'] = { S: from };
  if (to !== undefined) values[':to'] = { S: to };
  const range = rangeCondition(from !== undefined, to !== undefined);
  if (range === undefined) return { expression: '#pk = :pk', names, values };
  names['#sk'] = query.index ? indexSortKey(query.index) : SORT_KEY;
  return { expression: `#pk = :pk AND ${range}`, names, values };
}

/** Returns the condition on the sort key; DynamoDB accepts only one. */
function rangeCondition(hasFrom: boolean, hasTo: boolean): string | undefined {
  if (hasFrom && hasTo) return '#sk BETWEEN :from AND :to';
  if (hasFrom) return '#sk >= :from';
  return hasTo ? '#sk <= :to' : undefined;
}

function filterExpression(where: Filter): Expression {
  const expressions: string[] = [];
  const names: Record<string, string> = {};
  const values: StoredItem = {};
  for (const [position, [name, condition]] of Object.entries(where).entries()) {
    const attribute = `#w${position}`;
    names[attribute] = name;
    const placeholders = valuesOf(condition).map((value, index) => {
      const placeholder = `:w${position}_${index}`;
      values[placeholder] = toStoredValue(value);
      return placeholder;
    });
    expressions.push(comparisonOf(condition, attribute, placeholders.join(', ')));
  }
  return { expression: expressions.join(' AND '), names, values };
}

function valuesOf(condition: Condition): readonly ComparedValue[] {
  if (typeof condition !== 'object' || condition === null) return [condition];
  return 'in' in condition ? condition.in : [condition.after];
}

function comparisonOf(condition: Condition, attribute: string, placeholders: string): string {
  if (typeof condition !== 'object' || condition === null) return `${attribute} = ${placeholders}`;
  return 'in' in condition ? `${attribute} IN (${placeholders})` : `${attribute} > ${placeholders}`;
}

function sortKeyOf(query: Query, position: Position | undefined): string | undefined {
  return position && (query.index === undefined ? position['sk'] : position['indexSk']);
}

/** Converts a position into a start key. The partition is that of the query, even if a client changed its cursor. */
function toStartKey(query: Query, position: Position): StoredItem {
  const { pk = '', sk = '', indexSk = '' } = position;
  if (query.index === undefined) return { [PARTITION_KEY]: { S: query.pk }, [SORT_KEY]: { S: sk } };
  return {
    [PARTITION_KEY]: { S: pk },
    [SORT_KEY]: { S: sk },
    [indexPartitionKey(query.index)]: { S: query.pk },
    [indexSortKey(query.index)]: { S: indexSk },
  };
}

function toPosition(query: Query, item: StoredItem): Position {
  const position = { pk: textOf(item, PARTITION_KEY), sk: textOf(item, SORT_KEY) };
  return query.index === undefined
    ? position
    : { ...position, indexSk: textOf(item, indexSortKey(query.index)) };
}

/** Bounds of sort keys, both inclusive; undefined means open. */
interface SortKeyBounds {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Returns the bounds of a range. Compatible servers differ in `begins_with`, so a prefix becomes bounds too. */
function boundsOf(range: SortKeyRange | undefined): SortKeyBounds {
  if (!range) return { from: undefined, to: undefined };
  if (!('prefix' in range)) return { from: range.from === '' ? undefined : range.from, to: range.to };
  if (range.prefix === '') return { from: undefined, to: undefined };
  return { from: range.prefix, to: range.prefix + HIGHEST_CHARACTER };
}

/** The start of a query: at the edge of the range, after a position, or nowhere when the rest of the range is empty. */
type Start = 'edge' | 'after-position' | 'nowhere';

/**
 * Returns where a query starts. DynamoDB refuses a position outside the range, which a client may send in a changed
 * cursor, and an upper bound below the lower one. Both are handled here.
 * @param position the sort key after which the query continues
 */
function startOfRange(order: Query['order'], bounds: SortKeyBounds, position: string | undefined): Start {
  const { from, to } = bounds;
  if (to === '' || (from !== undefined && to !== undefined && isBelow(to, from))) return 'nowhere';
  if (position === undefined) return 'edge';
  const isAscending = order === 'ascending';
  if (from !== undefined && isBelow(position, from)) return isAscending ? 'edge' : 'nowhere';
  if (to !== undefined && isBelow(to, position)) return isAscending ? 'nowhere' : 'edge';
  return 'after-position';
}

/** Compares keys by their bytes in UTF-8, which is not the order of strings in JavaScript. */
function isBelow(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0;
}
