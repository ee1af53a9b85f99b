import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { ItemExistsError } from '../store-errors.ts';
import type { ItemKey } from '../table-store.ts';
import type { AttemptWatch } from './attempt-watch.ts';
import { watchAttempts } from './attempt-watch.ts';
import type { Connection } from './connection.ts';
import { CONDITION_FAILED_REASON, CONFLICT_REASON, isContention, outcomeUnknown } from './errors.ts';
import type { StoredItem } from './item-codec.ts';
import { REVISION } from './item-codec.ts';
import { MAX_COMMIT_SENDS } from './options.ts';
import type { Deadline } from './retry.ts';
import { pauseBeforeRetry } from './retry.ts';
import type { Commit, Operation } from './write-operations.ts';
import { toOperations } from './write-operations.ts';

/** The outcome of a commit. */
export type CommitOutcome = { readonly kind: 'committed' } | Conflict;

/** Nothing was written: an item has changed since it was read, or the store is busy. */
interface Conflict {
  readonly kind: 'conflict';
  readonly cause: unknown;
  /** The items that another writer changed first, as far as DynamoDB reports them. */
  readonly contended: readonly ItemKey[];
}

/** A request that can be sent more than once, and the outcome of its attempts. */
interface CommitRequest {
  readonly watch: AttemptWatch;
  send(): Promise<unknown>;
  /** Returns the outcome that an error proves, or undefined when it proves none. */
  judge(error: unknown): CommitOutcome | undefined;
  /** Returns the contended items that an error reports. */
  contended(error: unknown): readonly ItemKey[];
}

const COMMITTED: CommitOutcome = { kind: 'committed' };

/** Returns whether an earlier attempt of the same request wrote the item that makes its condition fail. */
function isOwnWork(item: StoredItem | undefined, revision: string): boolean {
  return item?.[REVISION]?.S === revision;
}

/**
 * Commits all writes or none, if no item has changed since it was read.
 *
 * - A single item: a plain conditional write, at half the price of a transaction.
 * - No response in time: the same request is sent again, and its response may be about the first one.
 * @throws ItemExistsError (500) when a `create` that was not read finds an existing item
 * @throws StoreUnavailableError (503) when the outcome of the write is unknown
 */
export async function commitWrites(
  connection: Connection,
  commit: Commit,
  deadline: Deadline,
): Promise<CommitOutcome> {
  const operations = toOperations(connection, commit);
  const [only, ...others] = operations;
  const request =
    only && others.length === 0
      ? plainWriteRequest(connection, only, commit.revision, deadline)
      : transactionRequest(connection, operations, commit.revision, deadline);
  for (let sends = 1; ; sends += 1) {
    try {
      await request.send();
      return COMMITTED;
    } catch (error) {
      const outcome = request.judge(error);
      if (outcome) return outcome;
      if (!request.watch.isUncertain()) {
        if (isContention(error))
          return { kind: 'conflict', cause: error, contended: request.contended(error) };
        throw error;
      }
      if (sends === MAX_COMMIT_SENDS || !(await pauseBeforeRetry(sends, connection.retry, deadline))) {
        throw outcomeUnknown(error);
      }
    }
  }
}

/**
 * Creates a plain write of a single item, which has no idempotency token. When it is sent twice, by the SDK or by us, the
 * second one may find the item of the first one, which has its revision:
 *
 *     sent ── done, response lost ── sent again ── condition fails, item has our revision: done
 *
 * If the item has another revision, ours may have been written and replaced, so the outcome is unknown. Commands that a
 * client repeats also write an idempotency record, so they are transactions and are never written this way.
 */
function plainWriteRequest(
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

/**
 * Creates a transaction. Its token makes DynamoDB return the first outcome when it is sent again within ten minutes.
 * Each attempt has its own token, since it has decided again.
 */
function transactionRequest(
  connection: Connection,
  operations: readonly Operation[],
  token: string,
  deadline: Deadline,
): CommitRequest {
  const command = new TransactWriteItemsCommand({
    TransactItems: operations.map((operation) => operation.request),
    ClientRequestToken: token,
    ...connection.capacity,
  });
  return {
    watch: watchAttempts(command, deadline),
    send: () =>
      connection.send('TransactWriteItems', deadline, (options) => connection.client.send(command, options)),
    judge(error) {
      if (!(error instanceof TransactionCanceledException)) return undefined;
      return outcomeOfCancellation(error, operations, token);
    },
    contended: (error) =>
      error instanceof TransactionCanceledException ? contendedItems(error, operations) : [],
  };
}

function outcomeOfCancellation(
  error: TransactionCanceledException,
  operations: readonly Operation[],
  revision: string,
): CommitOutcome | undefined {
  const reasons = error.CancellationReasons ?? [];
  if (reasons.some((reason) => isOwnWork(reason.Item, revision))) return COMMITTED;
  const failed = operations.filter((_, position) => isConditionFailure(reasons[position]));
  // Revisions are unique, so the decision is outdated, even if an earlier copy of this request is still in flight.
  if (failed.some((operation) => operation.wasRead)) {
    return { kind: 'conflict', cause: error, contended: contendedItems(error, operations) };
  }
  const [existing] = failed;
  if (existing && !isContention(error)) throw new ItemExistsError(existing.key);
  return undefined;
}

/**
 * Returns the contended items, without items that are only read: all orders for an asset read it and need not queue.
 */
function contendedItems(error: TransactionCanceledException, operations: readonly Operation[]): ItemKey[] {
  const reasons = error.CancellationReasons ?? [];
  return operations
    .filter(({ request }, position) => {
      const code = reasons[position]?.Code;
      return !request.ConditionCheck && (code === CONDITION_FAILED_REASON || code === CONFLICT_REASON);
    })
    .map((operation) => operation.key);
}

function isConditionFailure(reason: CancellationReason | undefined): boolean {
  return reason?.Code === CONDITION_FAILED_REASON;
}
