import type { ScanCommandInput } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { IndexEntry, IndexedItem, ItemKey, WholeItem } from '../table-store.ts';
import type { IndexName, TableName } from '../tables.ts';
import { indexNames } from '../tables.ts';
import type { Connection } from './connection.ts';
import { plainKey } from './index-shards.ts';
import type { StoredItem } from './item-codec.ts';
import {
  EXPIRES_AT,
  fromStoredItem,
  indexPartitionKey,
  indexSortKey,
  PARTITION_KEY,
  SORT_KEY,
  textOf,
  toStoredKey,
} from './item-codec.ts';
import { startDeadline } from './retry.ts';

/** A page has up to a megabyte, and a server on one machine may need seconds for it. */
const PAGE_DEADLINE_MILLISECONDS = 60_000;

/** Returns every item of a table: partitions in an arbitrary order, each in the order of its sort keys. */
export function scanTable(
  connection: Connection,
  table: TableName,
  after?: ItemKey,
): AsyncGenerator<WholeItem> {
  const request = {
    TableName: connection.tableName(table),
    ConsistentRead: true,
    ...(after && { ExclusiveStartKey: toStoredKey(after) }),
  };
  return scanPages(connection, request, (stored) => fromWholeStoredItem(table, stored));
}

/** Returns every entry of an index. DynamoDB updates it with a short delay. */
export function scanIndex(
  connection: Connection,
  table: TableName,
  index: IndexName,
): AsyncGenerator<IndexedItem> {
  const request = { TableName: connection.tableName(table), IndexName: index };
  return scanPages(connection, request, (stored) => ({
    entry: {
      pk: plainKey(index, textOf(stored, indexPartitionKey(index))),
      sk: textOf(stored, indexSortKey(index)),
    },
    key: { table, pk: textOf(stored, PARTITION_KEY), sk: textOf(stored, SORT_KEY) },
  }));
}

/** Scans page by page, each with its own deadline, since an audit may take hours. */
async function* scanPages<T>(
  connection: Connection,
  request: ScanCommandInput,
  decode: (stored: StoredItem) => T,
): AsyncGenerator<T> {
  let startKey = request.ExclusiveStartKey;
  do {
    const command = new ScanCommand({
      ...request,
      ...(startKey && { ExclusiveStartKey: startKey }),
      ...connection.capacity,
    });
    const page = await connection.run(async () => {
      const deadline = startDeadline(PAGE_DEADLINE_MILLISECONDS);
      const answer = await connection.send('Scan', deadline, (options) =>
        connection.client.send(command, { ...options, requestTimeout: PAGE_DEADLINE_MILLISECONDS }),
      );
      return { items: (answer.Items ?? []).map(decode), next: answer.LastEvaluatedKey };
    });
    yield* page.items;
    startKey = page.next;
  } while (startKey);
}

/** Converts a stored item into an item with all that a copy needs. */
function fromWholeStoredItem(table: TableName, stored: StoredItem): WholeItem {
  const indexes: Partial<Record<IndexName, IndexEntry>> = {};
  for (const name of indexNames(table)) {
    const pk = stored[indexPartitionKey(name)]?.S;
    const sk = stored[indexSortKey(name)]?.S;
    if (pk !== undefined && sk !== undefined) indexes[name] = { pk: plainKey(name, pk), sk };
  }
  const expiresAt = stored[EXPIRES_AT]?.N;
  return {
    ...fromStoredItem(table, stored),
    ...(Object.keys(indexes).length > 0 && { indexes }),
    ...(expiresAt !== undefined && { expiresAtEpochSeconds: Number(expiresAt) }),
  };
}
