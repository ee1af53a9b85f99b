import type { ScanCommandInput } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { IndexedItem, Item } from '../table-store.ts';
import type { IndexName, TableName } from '../tables.ts';
import type { Connection } from './connection.ts';
import type { StoredItem } from './item-codec.ts';
import { fromStoredItem, textOf } from './item-codec.ts';
import { indexPartitionKey, indexSortKey, PARTITION_KEY, SORT_KEY } from './names.ts';

/** Every item of a table: partitions come in an order that only DynamoDB knows, each with its sort keys in order. */
export function scanTable(connection: Connection, table: TableName): AsyncGenerator<Item> {
  const request = { TableName: connection.tableName(table), ConsistentRead: true };
  return scanPages(connection, request, (stored) => fromStoredItem(table, stored));
}

/** Every line of an index. DynamoDB keeps it in step with the table by itself, a little behind. */
export function scanIndex(
  connection: Connection,
  table: TableName,
  index: IndexName,
): AsyncGenerator<IndexedItem> {
  const request = { TableName: connection.tableName(table), IndexName: index };
  return scanPages(connection, request, (stored) => ({
    entry: { pk: textOf(stored, indexPartitionKey(index)), sk: textOf(stored, indexSortKey(index)) },
    key: { table, pk: textOf(stored, PARTITION_KEY), sk: textOf(stored, SORT_KEY) },
  }));
}

/** Each page has its own deadline, for an audit may take hours. */
async function* scanPages<T>(
  connection: Connection,
  request: ScanCommandInput,
  decode: (stored: StoredItem) => T,
): AsyncGenerator<T> {
  let startKey: StoredItem | undefined;
  do {
    const command = new ScanCommand({
      ...request,
      ...(startKey && { ExclusiveStartKey: startKey }),
      ...connection.capacity,
    });
    const page = await connection.run(async (deadline) => {
      const answer = await connection.send('Scan', deadline, (options) =>
        connection.client.send(command, options),
      );
      return { items: (answer.Items ?? []).map(decode), next: answer.LastEvaluatedKey };
    });
    yield* page.items;
    startKey = page.next;
  } while (startKey);
}
