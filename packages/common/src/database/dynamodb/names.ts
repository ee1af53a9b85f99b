import type { IndexName, TableName } from '../tables.ts';

// Attributes that the adapter adds to those of the item. validate-transaction.ts reserves every one of them.

export const PARTITION_KEY = 'PK';
export const SORT_KEY = 'SK';
/** Counted up at each write. */
export const VERSION = 'version';
/** New at each write and never used again: see `commit.ts`. */
export const REVISION = 'revision';
/** DynamoDB's time-to-live looks at this one. */
export const EXPIRES_AT = 'expires_at_epoch';

export function indexPartitionKey(index: IndexName): string {
  return `${index}${PARTITION_KEY}`;
}

export function indexSortKey(index: IndexName): string {
  return `${index}${SORT_KEY}`;
}

export function tableName(prefix: string, table: TableName): string {
  return `${prefix}${table}`;
}
