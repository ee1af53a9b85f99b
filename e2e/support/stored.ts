import { systemClock } from '@cnop/common/core/clock';
import { createDynamoDbTableStore } from '@cnop/common/database/dynamodb/dynamodb-table-store';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import { storeFolder } from '@cnop/common/database/open-store';
import type { Item, TableStore } from '@cnop/common/database/table-store';
import { TABLE_NAMES } from '@cnop/common/database/tables';
import { verifyStore } from '@cnop/standalone/verify/audit-store';
import { DYNAMODB_SERVER_AWS } from '@cnop/testing/dynamodb-server';
import { expect } from 'vitest';

/** Reads the store of a data folder, even if it is in use. Changes nothing. */
export async function readStored<T>(dataDir: string, read: (store: TableStore) => Promise<T>): Promise<T> {
  return closing(
    createLmdbTableStore({ path: storeFolder({ DATA_DIR: dataDir }), clock: systemClock, readOnly: true }),
    read,
  );
}

/** Changes the store of a data folder that no process uses. */
export async function changeStored<T>(
  dataDir: string,
  change: (store: TableStore) => Promise<T>,
): Promise<T> {
  return closing(createLmdbTableStore({ path: storeFolder({ DATA_DIR: dataDir }) }), change);
}

/** Reads the tables of a DynamoDB server. */
export async function readDynamoDb<T>(
  endpoint: string,
  tableNamePrefix: string,
  read: (store: TableStore) => Promise<T>,
): Promise<T> {
  const aws = { ...DYNAMODB_SERVER_AWS, endpoint };
  return closing(createDynamoDbTableStore({ aws, tableNamePrefix }), read);
}

async function closing<T>(store: TableStore, use: (store: TableStore) => Promise<T>): Promise<T> {
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Expects that an audit of the store finds no violation. */
export async function expectSound(store: TableStore): Promise<void> {
  const { violations } = await verifyStore(store);
  expect(violations).toEqual([]);
}

/** Returns all items of all tables. */
export async function allItems(store: TableStore): Promise<Item[]> {
  const items: Item[] = [];
  for (const table of TABLE_NAMES) for await (const item of store.scan(table)) items.push(item);
  return items;
}
