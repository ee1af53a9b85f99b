import type { AttributeValue as StoredValue } from '@aws-sdk/client-dynamodb';
import type { AttributeValue, IndexEntry, Item, ItemContent, ItemKey } from '../table-store.ts';
import type { IndexName, TableName } from '../tables.ts';
import { RESERVED_ATTRIBUTE_NAMES } from '../validate-transaction.ts';

// The attributes that the adapter adds to an item. `validate-transaction.ts` reserves their names.

export const PARTITION_KEY = 'PK';
export const SORT_KEY = 'SK';
/** Incremented by each write. */
export const VERSION = 'version';
/** Unique for each write: see `commit.ts`. */
export const REVISION = 'revision';
/** The attribute of the time-to-live of DynamoDB. */
export const EXPIRES_AT = 'expires_at_epoch';

/** Returns the attribute with the partition key of an index. */
export function indexPartitionKey(index: IndexName): string {
  return `${index}${PARTITION_KEY}`;
}

/** Returns the attribute with the sort key of an index. */
export function indexSortKey(index: IndexName): string {
  return `${index}${SORT_KEY}`;
}

/** Returns the name of a table in DynamoDB. */
export function tableName(prefix: string, table: TableName): string {
  return `${prefix}${table}`;
}

// The conversion of the SDK would also accept floats, dates and sets, and return floats for long numbers. This one
// accepts and returns only values of the port.

/** Converts a value into the form of DynamoDB. */
export function toStoredValue(value: AttributeValue): StoredValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (isList(value)) return { L: value.map(toStoredValue) };
  return { M: Object.fromEntries(Object.entries(value).map(([name, part]) => [name, toStoredValue(part)])) };
}

/**
 * Converts a value from the form of DynamoDB.
 * @throws Error for a value that this store does not write
 */
function fromStoredValue(stored: StoredValue): AttributeValue {
  if (stored.S !== undefined) return stored.S;
  if (stored.N !== undefined) return smallInteger(stored.N);
  if (stored.BOOL !== undefined) return stored.BOOL;
  if (stored.NULL !== undefined) return null;
  if (stored.L !== undefined) return stored.L.map(fromStoredValue);
  if (stored.M !== undefined) {
    return Object.fromEntries(Object.entries(stored.M).map(([name, part]) => [name, fromStoredValue(part)]));
  }
  throw new Error('an attribute of a kind that this store does not write');
}

/** Parses a number; a number of another writer may be too long, which must not be rounded silently. */
function smallInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new Error(`the number ${text} is not a small integer`);
  return number;
}

function isList(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value);
}

/** An item in the form of DynamoDB. */
export type StoredItem = Record<string, StoredValue>;

/** The version of an item from an index that projects only some attributes. No decision may rest on it. */
const VERSION_NOT_PROJECTED = 0;

/** Converts a key into the form of DynamoDB. */
export function toStoredKey(key: ItemKey): StoredItem {
  return { [PARTITION_KEY]: { S: key.pk }, [SORT_KEY]: { S: key.sk } };
}

/** Converts the content of a write into the form of DynamoDB. */
export function toStoredItem(
  key: ItemKey,
  content: ItemContent,
  version: number,
  revision: string,
): StoredItem {
  const stored: StoredItem = toStoredKey(key);
  for (const [name, value] of Object.entries(content.attributes)) {
    if (value !== null || !content.absentIsNull) stored[name] = toStoredValue(value);
  }
  stored[VERSION] = { N: String(version) };
  stored[REVISION] = { S: revision };
  if (content.expiresAtEpochSeconds !== undefined)
    stored[EXPIRES_AT] = { N: String(content.expiresAtEpochSeconds) };
  for (const [index, entry] of Object.entries(content.indexes ?? {}) as [
    IndexName,
    IndexEntry | undefined,
  ][]) {
    if (!entry) continue;
    stored[indexPartitionKey(index)] = { S: entry.pk };
    stored[indexSortKey(index)] = { S: entry.sk };
  }
  return stored;
}

/** Converts a stored item into an item of the port, without the attributes of the adapter. */
export function fromStoredItem(table: TableName, stored: StoredItem): Item {
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(stored)) {
    if (!RESERVED_ATTRIBUTE_NAMES.has(name)) attributes[name] = fromStoredValue(value);
  }
  return {
    key: { table, pk: textOf(stored, PARTITION_KEY), sk: textOf(stored, SORT_KEY) },
    attributes,
    version: versionOf(stored),
  };
}

/** Returns the version of a stored item; 0 when it is not projected. */
export function versionOf(stored: StoredItem): number {
  return Number(stored[VERSION]?.N ?? VERSION_NOT_PROJECTED);
}

/**
 * Returns a text attribute that the adapter wrote.
 * @throws Error when the item lacks it
 */
export function textOf(stored: StoredItem, name: string): string {
  const text = stored[name]?.S;
  if (text === undefined) throw new Error(`a stored item has no ${name}`);
  return text;
}
