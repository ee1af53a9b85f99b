import { UnreadableRequestError } from '@cnop/exception/errors';
import type { Position } from '../core/pagination.ts';
import { StoreUsageError } from './store-errors.ts';
import type {
  Attributes,
  Filter,
  IndexEntry,
  ItemContent,
  ItemKey,
  Query,
  Reads,
  Write,
} from './table-store.ts';
import {
  MAX_BATCH_GET_ITEMS,
  MAX_CONDITION_VALUES,
  MAX_KEY_PART_BYTES,
  MAX_QUERY_LIMIT,
  MAX_TRANSACTION_ITEMS,
} from './table-store.ts';
import type { IndexName, TableName } from './tables.ts';
import { indexDefinition, TABLE_NAMES, TABLES } from './tables.ts';

// The rules of the port, which every adapter applies alike. They run for every transaction. Transactions are small, so
// keys are compared one by one, which is faster than joining or hashing them.

/** The attribute names that adapters use themselves; reserved on all adapters. */
export const RESERVED_ATTRIBUTE_NAMES: ReadonlySet<string> = new Set([
  // Assigning it would change the prototype of the object.
  '__proto__',
  'PK',
  'SK',
  'version',
  'revision',
  'expires_at_epoch',
  ...TABLE_NAMES.flatMap((table) => Object.keys(TABLES[table].indexes)).flatMap((name) => [
    `${name}PK`,
    `${name}SK`,
  ]),
]);

/** The nesting of lists and maps; a limit of DynamoDB. */
const MAX_ATTRIBUTE_DEPTH = 32;
const FIRST_PRINTABLE_ASCII = 0x20;
const LAST_PRINTABLE_ASCII = 0x7e;
/** Sorts after every character that a key may have; ends the range of a prefix. */
export const HIGHEST_CHARACTER = '\u{10FFFF}';
/** Control characters, `HIGHEST_CHARACTER`, and lone surrogates, which have no distinct UTF-8 form. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u{10FFFF}]/u;
/** Not allowed in keys, so that different keys have different ids. */
const KEY_SEPARATOR = '\u0000';

/** Returns a text that identifies an item. */
export function keyId(key: ItemKey): string {
  return key.table + KEY_SEPARATOR + key.pk + KEY_SEPARATOR + key.sk;
}

/**
 * Checks the key of an item.
 * @throws StoreUsageError (500) when a part of the key is empty, too long or not printable
 */
export function checkKey(key: ItemKey): void {
  checkKeyPart(key.pk);
  checkKeyPart(key.sk);
}

/**
 * Checks the keys of a batch.
 * @throws StoreUsageError (500) for too many keys or an invalid one
 */
export function checkBatchGet(keys: readonly ItemKey[]): void {
  if (keys.length > MAX_BATCH_GET_ITEMS) throw new StoreUsageError(`batchGet of ${keys.length} items`);
  for (const key of keys) checkKey(key);
}

/**
 * Checks the reads of a transaction.
 * @throws StoreUsageError (500) for too many reads or an invalid key
 */
export function checkReads(reads: Reads): void {
  let count = 0;
  for (const name in reads) {
    const key = reads[name];
    if (key) checkKey(key);
    count += 1;
  }
  if (count > MAX_TRANSACTION_ITEMS) throw new StoreUsageError(`a transaction reads ${count} items`);
}

/**
 * Checks the writes of a decision before any of them. The reads must have been checked.
 * @throws StoreUsageError (500) when a write breaks a rule of `TableStore.transact`
 */
export function checkDecision(reads: Reads, writes: readonly Write[]): void {
  if (writes.length === 0) return;
  const readKeys = Object.values(reads);
  let touched = readKeys.length;
  for (let position = 0; position < writes.length; position += 1) {
    const write = writes[position];
    if (!write) continue;
    if (isWrittenBefore(writes, position)) throw usageError('two writes of one item', write.key);
    if (!readKeys.some((key) => isSameKey(key, write.key))) {
      if (write.kind !== 'create') throw usageError(`${write.kind} of an item that was not read`, write.key);
      checkKey(write.key);
      touched += 1;
    }
    if (write.kind !== 'delete') checkContent(write.key, write);
  }
  if (touched > MAX_TRANSACTION_ITEMS) throw new StoreUsageError(`a transaction touches ${touched} items`);
}

/** Returns whether two keys name the same item. The sort key differs most often, so it is compared first. */
export function isSameKey(one: ItemKey, other: ItemKey): boolean {
  return one === other || (one.sk === other.sk && one.pk === other.pk && one.table === other.table);
}

function isWrittenBefore(writes: readonly Write[], position: number): boolean {
  const key = writes[position]?.key;
  for (let before = 0; before < position; before += 1) {
    const other = writes[before]?.key;
    if (key && other && isSameKey(key, other)) return true;
  }
  return false;
}

/**
 * Checks a query.
 * @throws StoreUsageError (500) when the query breaks a rule of `Query`
 * @throws UnreadableRequestError (400) when the position, which comes from a client's cursor, has the wrong form
 */
export function checkQuery(query: Query): void {
  checkKeyPart(query.pk);
  if (!Number.isSafeInteger(query.limit) || query.limit < 1 || query.limit > MAX_QUERY_LIMIT) {
    throw new StoreUsageError(`query with limit ${query.limit}`);
  }
  if (query.index !== undefined) checkIndex(query.table, query.index);
  if (query.sk) {
    for (const bound of 'prefix' in query.sk ? [query.sk.prefix] : [query.sk.from, query.sk.to]) {
      if (bound !== undefined && bound !== '') checkKeyPart(bound);
    }
  }
  if (query.where) checkWhere(query, query.where);
  if (query.after) checkPosition(query.after, query.index !== undefined);
}

/** Refuses a filter by an attribute that is reserved or not projected into the queried index. */
function checkWhere(query: Query, where: Filter): void {
  const projection =
    query.index === undefined ? 'all' : indexDefinition(query.table, query.index)?.projection;
  for (const name in where) {
    if (RESERVED_ATTRIBUTE_NAMES.has(name))
      throw new StoreUsageError(`query filters by ${name}, which is reserved`);
    if (projection !== 'all' && !projection?.includes(name)) {
      throw new StoreUsageError(`query filters by ${name}, which is not in index ${query.index ?? ''}`);
    }
    if (!isCondition(where[name])) throw new StoreUsageError(`query filters by ${name} with no condition`);
  }
}

function isCondition(condition: unknown): boolean {
  if (typeof condition !== 'object' || condition === null) return condition !== undefined;
  if ('after' in condition) return typeof condition.after === 'string';
  const values = 'in' in condition ? condition.in : undefined;
  return Array.isArray(values) && values.length > 0 && values.length <= MAX_CONDITION_VALUES;
}

function checkPosition(position: Position, ofIndex: boolean): void {
  const parts = ofIndex
    ? [position['pk'], position['sk'], position['indexSk']]
    : [position['pk'], position['sk']];
  if (!parts.every((part) => part !== undefined && isKeyPart(part))) {
    throw new UnreadableRequestError('The cursor is not valid.');
  }
}

function checkContent(key: ItemKey, content: ItemContent): void {
  checkAttributes(key, content.attributes);
  const expiresAt = content.expiresAtEpochSeconds;
  if (expiresAt !== undefined && !Number.isSafeInteger(expiresAt))
    throw usageError('expiry is not whole seconds', key);
  const indexes: Readonly<Record<string, IndexEntry | undefined>> | undefined = content.indexes;
  for (const name in indexes) {
    const entry = indexes[name];
    if (!entry) continue;
    checkIndex(key.table, name);
    checkKeyPart(entry.pk);
    checkKeyPart(entry.sk);
  }
}

function checkAttributes(key: ItemKey, attributes: Attributes): void {
  for (const name in attributes) {
    if (RESERVED_ATTRIBUTE_NAMES.has(name)) throw usageError(`attribute ${name} is reserved`, key);
    const value: unknown = attributes[name];
    if (typeof value !== 'string') checkValue(key, name, value, 1);
    if (name === '') throw usageError('an attribute has no name', key);
  }
}

function checkValue(key: ItemKey, name: string, value: unknown, depth: number): void {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return;
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return;
  if (typeof value !== 'object')
    throw usageError(`attribute ${name} is no string, small integer, boolean or null`, key);
  if (depth >= MAX_ATTRIBUTE_DEPTH) throw usageError(`attribute ${name} is nested too deeply`, key);
  if (Array.isArray(value)) {
    for (const element of value) checkValue(key, name, element, depth + 1);
    return;
  }
  if (!isPlainObject(value)) throw usageError(`attribute ${name} is not plain data`, key);
  for (const part in value) {
    if (part === '' || part === '__proto__')
      throw usageError(`a part of attribute ${name} has no usable name`, key);
    checkValue(key, name, value[part], depth + 1);
  }
}

function isPlainObject(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function checkIndex(table: TableName, index: string): void {
  if (!indexDefinition(table, index as IndexName))
    throw new StoreUsageError(`table ${table} has no index ${index}`);
}

function checkKeyPart(part: string): void {
  if (!isKeyPart(part)) throw new StoreUsageError(`a part of a key is empty, too long or not printable`);
}

function isKeyPart(part: string): boolean {
  const length = part.length;
  if (length === 0 || length > MAX_KEY_PART_BYTES) return false;
  for (let index = 0; index < length; index += 1) {
    const unit = part.charCodeAt(index);
    // Nearly all keys are printable ASCII. The exact rule for others costs more than all other checks.
    if (unit < FIRST_PRINTABLE_ASCII || unit > LAST_PRINTABLE_ASCII) {
      return !UNPRINTABLE.test(part) && Buffer.byteLength(part) <= MAX_KEY_PART_BYTES;
    }
  }
  return true;
}

function usageError(problem: string, key: ItemKey): StoreUsageError {
  return new StoreUsageError(`${problem}: ${key.table} ${key.pk} ${key.sk}`);
}
