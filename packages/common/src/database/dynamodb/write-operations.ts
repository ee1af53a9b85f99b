import type { Delete, Put, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { ItemKey, Write } from '../table-store.ts';
import { keyId } from '../validate-transaction.ts';
import type { Connection } from './connection.ts';
import { shardEntries } from './index-shards.ts';
import type { StoredItem } from './item-codec.ts';
import { PARTITION_KEY, REVISION, toStoredItem, toStoredKey, VERSION, versionOf } from './item-codec.ts';
import type { StoredItems } from './read-items.ts';

/** The operation of a transaction on one item: a write, or a check that the item has not changed since it was read. */
export interface Operation {
  readonly key: ItemKey;
  readonly wasRead: boolean;
  readonly request: TransactWriteItem;
}

/** The reads and the writes of a commit. */
export interface Commit {
  /** Each item once. */
  readonly readKeys: readonly ItemKey[];
  readonly items: StoredItems;
  readonly writes: readonly Write[];
  /** The unique revision of all items that this commit writes. */
  readonly revision: string;
}

interface Condition {
  /** Returns the item that made the condition fail, for free: an earlier attempt may have written it. */
  readonly ReturnValuesOnConditionCheckFailure: 'ALL_OLD';
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues?: StoredItem;
}

/** Requires that the item does not exist. */
const ITEM_IS_ABSENT: Condition = {
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  ConditionExpression: 'attribute_not_exists(#pk)',
  ExpressionAttributeNames: { '#pk': PARTITION_KEY },
};

/**
 * Requires that the item has not been written since it was read.
 *
 * The version alone is not enough: an item that is deleted and created again starts at version 1, so a reader of the
 * first item could overwrite the second one.
 *
 *     read v1, revision a ──────────────────────────── write if v1 and revision a: refused
 *                          deleted ── created v1, revision b
 */
function itemIsUnchanged(read: StoredItem): Condition {
  const version = read[VERSION];
  const revision = read[REVISION];
  if (!version || !revision) throw new Error('an item was written by something that is not this adapter');
  return {
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ConditionExpression: '#version = :version AND #revision = :revision',
    ExpressionAttributeNames: { '#version': VERSION, '#revision': REVISION },
    ExpressionAttributeValues: { ':version': version, ':revision': revision },
  };
}

/** Returns one operation for every item that was read or is written. */
export function toOperations(connection: Connection, commit: Commit): Operation[] {
  const unread = new Map(commit.writes.map((write) => [keyId(write.key), write]));
  const operations = commit.readKeys.map((key): Operation => {
    const id = keyId(key);
    const read = commit.items.get(id);
    const condition = read ? itemIsUnchanged(read) : ITEM_IS_ABSENT;
    const write = unread.get(id);
    unread.delete(id);
    return {
      key,
      wasRead: true,
      request: toRequest(connection, { key, write, read, condition }, commit.revision),
    };
  });
  for (const write of unread.values()) {
    const target = { key: write.key, write, read: undefined, condition: ITEM_IS_ABSENT };
    operations.push({
      key: write.key,
      wasRead: false,
      request: toRequest(connection, target, commit.revision),
    });
  }
  return operations;
}

interface Target {
  readonly key: ItemKey;
  readonly write: Write | undefined;
  readonly read: StoredItem | undefined;
  readonly condition: Condition;
}

function toRequest(connection: Connection, target: Target, revision: string): TransactWriteItem {
  const { key, write, read, condition } = target;
  const TableName = connection.tableName(key.table);
  if (!write) return { ConditionCheck: { TableName, Key: toStoredKey(key), ...condition } };
  if (write.kind === 'delete')
    return { Delete: { TableName, Key: toStoredKey(key), ...condition } satisfies Delete };
  const version = (read ? versionOf(read) : 0) + 1;
  const content = shardEntries(connection.shards, key, write);
  return {
    Put: { TableName, Item: toStoredItem(key, content, version, revision), ...condition } satisfies Put,
  };
}
