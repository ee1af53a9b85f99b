import type { IndexName, TableName } from '../tables.ts';

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
