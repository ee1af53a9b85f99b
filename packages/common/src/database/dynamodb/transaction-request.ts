import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { ItemExistsError } from '../store-errors.ts';
import type { ItemKey } from '../table-store.ts';
import { watchAttempts } from './attempt-watch.ts';
import type { CommitOutcome, CommitRequest } from './commit-request.ts';
import { COMMITTED, isOwnWork } from './commit-request.ts';
import type { Connection } from './connection.ts';
import { CONDITION_FAILED_REASON, CONFLICT_REASON, isContention } from './errors.ts';
import type { Deadline } from './retry.ts';
import type { Operation } from './write-operations.ts';

/**
 * Creates a transaction. Its token makes DynamoDB return the first outcome when it is sent again within ten minutes.
 * Each attempt has its own token, since it has decided again.
 */
export function transactionRequest(
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
