import type { AttributeValue as StoredValue } from '@aws-sdk/client-dynamodb';
import type { AttributeValue, IndexEntry, Item, ItemContent, ItemKey } from '../table-store.ts';
import type { IndexName, TableName } from '../tables.ts';
import { RESERVED_ATTRIBUTE_NAMES } from '../validate-transaction.ts';
import { fromStoredValue, toStoredValue } from './attribute-codec.ts';
import {
  EXPIRES_AT,
  indexPartitionKey,
  indexSortKey,
  PARTITION_KEY,
  REVISION,
  SORT_KEY,
  VERSION,
} from './names.ts';

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
  for (const [name, value] of Object.entries(content.attributes)) stored[name] = toStoredValue(value);
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
