import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { ItemExistsError } from '../store-errors.ts';
import { watchAttempts } from './attempt-watch.ts';
import type { CommitRequest } from './commit-request.ts';
import { COMMITTED, isOwnWork } from './commit-request.ts';
import type { Connection } from './connection.ts';
import { outcomeUnknown } from './errors.ts';
import type { Deadline } from './retry.ts';
import type { Operation } from './write-operations.ts';

/**
 * Creates a plain write of a single item, which has no idempotency token. When it is sent twice, by the SDK or by us, the
 * second one may find the item of the first one, which has its revision:
 *
 *     sent ── done, response lost ── sent again ── condition fails, item has our revision: done
 *
 * If the item has another revision, ours may have been written and replaced, so the outcome is unknown. Commands that a
 * client repeats also write an idempotency record, so they are transactions and are never written this way.
 */
export function plainWriteRequest(
  connection: Connection,
  operation: Operation,
  revision: string,
  deadline: Deadline,
): CommitRequest {
  const request = operation.request.Put
    ? putRequest(connection, operation, deadline)
    : deleteRequest(connection, operation, deadline);
  return {
    ...request,
    judge(error) {
      if (!(error instanceof ConditionalCheckFailedException)) return undefined;
      if (isOwnWork(error.Item, revision)) return COMMITTED;
      if (request.watch.isUncertain()) throw outcomeUnknown(error);
      if (!operation.wasRead) throw new ItemExistsError(operation.key);
      return { kind: 'conflict', cause: error, contended: [operation.key] };
    },
    contended: (error) => (error instanceof TransactionConflictException ? [operation.key] : []),
  };
}

type Sendable = Pick<CommitRequest, 'watch' | 'send'>;

function putRequest(
  { client, capacity, send }: Connection,
  { request }: Operation,
  deadline: Deadline,
): Sendable {
  const command = new PutItemCommand({ TableName: undefined, Item: undefined, ...request.Put, ...capacity });
  return {
    watch: watchAttempts(command, deadline),
    send: () => send('PutItem', deadline, (options) => client.send(command, options)),
  };
}

function deleteRequest(
  { client, capacity, send }: Connection,
  { request }: Operation,
  deadline: Deadline,
): Sendable {
  const command = new DeleteItemCommand({
    TableName: undefined,
    Key: undefined,
    ...request.Delete,
    ...capacity,
  });
  return {
    watch: watchAttempts(command, deadline),
    send: () => send('DeleteItem', deadline, (options) => client.send(command, options)),
  };
}
