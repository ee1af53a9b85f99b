import type { CommitOutcome } from './commit-request.ts';
import { COMMITTED } from './commit-request.ts';
import type { Connection } from './connection.ts';
import { isContention, outcomeUnknown } from './errors.ts';
import { MAX_COMMIT_SENDS } from './options.ts';
import { plainWriteRequest } from './plain-write-request.ts';
import type { Deadline } from './retry.ts';
import { pauseBeforeRetry } from './retry.ts';
import { transactionRequest } from './transaction-request.ts';
import type { Commit } from './write-operations.ts';
import { toOperations } from './write-operations.ts';

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
