import type { KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { BatchGetItemCommand, GetItemCommand, TransactGetItemsCommand } from '@aws-sdk/client-dynamodb';
import { StoreBusyError } from '../store-errors.ts';
import type { ItemKey } from '../table-store.ts';
import { keyId } from '../validate-transaction.ts';
import type { Connection } from './connection.ts';
import type { StoredItem } from './item-codec.ts';
import { PARTITION_KEY, SORT_KEY, textOf, toStoredKey } from './item-codec.ts';
import { MAX_BATCH_ROUNDS } from './options.ts';
import type { Deadline } from './retry.ts';
import { pauseBeforeRetry } from './retry.ts';

/** Stored items by `keyId`, without absent items. */
export type StoredItems = ReadonlyMap<string, StoredItem>;

/** Reads one item with a consistent read, or with one at half the price that may miss the last writes. */
export async function readItem(
  connection: Connection,
  key: ItemKey,
  deadline: Deadline,
  { isConsistent = true } = {},
): Promise<StoredItem | undefined> {
  const answer = await connection.send('GetItem', deadline, (options) =>
    connection.client.send(
      new GetItemCommand({
        TableName: connection.tableName(key.table),
        Key: toStoredKey(key),
        ConsistentRead: isConsistent,
        ...connection.capacity,
      }),
      options,
    ),
  );
  return answer.Item;
}

/** Reads several different items, each with a consistent read, but not all at one moment. */
export async function readItems(
  connection: Connection,
  keys: readonly ItemKey[],
  deadline: Deadline,
): Promise<StoredItems> {
  const found = new Map<string, StoredItem>();
  if (keys.length === 0) return found;
  const [first, ...others] = keys;
  if (first && others.length === 0) {
    const item = await readItem(connection, first, deadline);
    if (item) found.set(keyId(first), item);
    return found;
  }
  let request: Record<string, KeysAndAttributes> | undefined = toBatch(connection, keys);
  for (let round = 1; request; round += 1) {
    request = await readRound(connection, request, found, deadline);
    // DynamoDB returns keys that exceed the size of a response or the throughput as unprocessed.
    if (
      request &&
      (round === MAX_BATCH_ROUNDS || !(await pauseBeforeRetry(round, connection.retry, deadline)))
    ) {
      throw new StoreBusyError(new Error(`keys were still unprocessed after ${round} rounds`));
    }
  }
  return found;
}

/** Reads several different items at one moment. Costs twice as much as `readItems` and conflicts with writers. */
export async function readSnapshot(
  connection: Connection,
  keys: readonly ItemKey[],
  deadline: Deadline,
): Promise<StoredItems> {
  const answer = await connection.send('TransactGetItems', deadline, (options) =>
    connection.client.send(
      new TransactGetItemsCommand({
        TransactItems: keys.map((key) => ({
          Get: { TableName: connection.tableName(key.table), Key: toStoredKey(key) },
        })),
        ...connection.capacity,
      }),
      options,
    ),
  );
  const found = new Map<string, StoredItem>();
  for (const [position, key] of keys.entries()) {
    const item = answer.Responses?.[position]?.Item;
    if (item) found.set(keyId(key), item);
  }
  return found;
}

/** Sends one request, adds its items to `found` and returns the request for unprocessed keys. */
async function readRound(
  connection: Connection,
  request: Record<string, KeysAndAttributes>,
  found: Map<string, StoredItem>,
  deadline: Deadline,
): Promise<Record<string, KeysAndAttributes> | undefined> {
  const answer = await connection.send('BatchGetItem', deadline, (options) =>
    connection.client.send(
      new BatchGetItemCommand({ RequestItems: request, ...connection.capacity }),
      options,
    ),
  );
  for (const [name, items] of Object.entries(answer.Responses ?? {})) {
    const table = connection.tableOf(name);
    for (const item of items) {
      found.set(keyId({ table, pk: textOf(item, PARTITION_KEY), sk: textOf(item, SORT_KEY) }), item);
    }
  }
  const rest = answer.UnprocessedKeys ?? {};
  return Object.keys(rest).length > 0 ? rest : undefined;
}

function toBatch(connection: Connection, keys: readonly ItemKey[]): Record<string, KeysAndAttributes> {
  const byTable = new Map<string, StoredItem[]>();
  for (const key of keys) {
    const name = connection.tableName(key.table);
    const stored = byTable.get(name) ?? [];
    stored.push(toStoredKey(key));
    byTable.set(name, stored);
  }
  return Object.fromEntries(
    [...byTable].map(([name, stored]) => [name, { Keys: stored, ConsistentRead: true }] as const),
  );
}
