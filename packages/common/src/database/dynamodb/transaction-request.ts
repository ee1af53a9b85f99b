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
 * The token makes a transaction that is sent again answer as the first one did, for ten minutes. It belongs to this
 * attempt alone: another attempt has decided anew, so it is another transaction.
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
  // A revision never comes back: the decision is void, also if an earlier copy of this request is still on its way.
  if (failed.some((operation) => operation.wasRead)) {
    return { kind: 'conflict', cause: error, contended: contendedItems(error, operations) };
  }
  const [existing] = failed;
  if (existing && !isContention(error)) throw new ItemExistsError(existing.key);
  return undefined;
}

/** An item that is only checked is left out: all orders for one asset read it, and they need not wait for each other. */
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
