import { ItemExistsError, StoreBusyError, StoreUnavailableError } from '../store-errors.ts';
import type { Environment } from './environment.ts';

/** The number of transactions that may wait for a commit. */
const MAX_WAITING = 5_000;
/** Bounds the duration of a commit, and with it the wait for the next one. */
const MAX_TRANSACTIONS_PER_COMMIT = 512;

/** A decision: its result, and the function that puts its writes. */
export interface Decided<T> {
  readonly result: T;
  readonly write: () => void;
}

/** Groups transactions into commits. */
export interface CommitQueue {
  /**
   * Runs a decision inside the write transaction, then its writes, and resolves once they are on disk. An error of the
   * decision aborts only this transaction, which has not written anything yet.
   * @throws StoreBusyError (503) when too many transactions wait
   * @throws StoreUnavailableError (503) when the writes or the commit fail; nothing was written
   */
  commit<T>(decide: () => Decided<T>): Promise<T>;
  /** Resolves when no transaction is waiting or running. */
  whenIdle(): Promise<void>;
}

interface Waiting {
  /** Decides and writes; returns a function that settles the caller's promise once the commit is on disk. */
  readonly run: () => () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Creates a queue in which transactions share commits: all that arrive during a flush go into the next commit, and each
 * sees the writes of the earlier ones.
 *
 * The queue uses plain transactions of the library, which do not roll back after an error. A child transaction would,
 * but takes 12 % of the time of an order. So every check runs before the first write, and an error while writing
 * (memory, a broken file) ends the process before the commit, which leaves the store unchanged. Only a taken key is
 * found while writing; `createItems` then undoes its writes.
 * @param explain called with an error of the store; returns why it failed and what to do
 * @see docs/adr/0002-embedded-store.md
 */
export function createCommitQueue(
  environment: Environment,
  explain: (error: unknown) => string = String,
): CommitQueue {
  const waiting: Waiting[] = [];
  let committing: Promise<void> | undefined;

  async function commitAll(): Promise<void> {
    while (waiting.length > 0) await commitTogether();
    committing = undefined;
  }

  async function commitTogether(): Promise<void> {
    let taken: readonly Waiting[] = [];
    let settleCallers: readonly (() => void)[] = [];
    try {
      await environment.root.transaction(() => {
        // Taken late: more may have arrived while the library opened the transaction.
        taken = waiting.splice(0, MAX_TRANSACTIONS_PER_COMMIT);
        settleCallers = taken.map(({ run }) => run());
      });
      for (const settle of settleCallers) settle();
    } catch (error) {
      explain(error);
      const failed = taken.length > 0 ? taken : waiting.splice(0);
      for (const { reject } of failed) reject(new StoreUnavailableError(error));
    }
  }

  return {
    commit: (decide) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= MAX_WAITING) throw new StoreBusyError();
        const run = () => {
          const decided = attempt(decide);
          if ('refusal' in decided) return () => reject(decided.refusal);
          const taken = writeOrDie(decided.write, explain);
          return () => (taken ? reject(taken) : resolve(decided.result));
        };
        waiting.push({ run, reject });
        committing ??= commitAll();
      }),
    whenIdle: async () => committing,
  };
}

/**
 * Writes, and ends the process when that fails, so that nothing of the commit reaches the disk.
 * @returns the error of a taken key, whose writes are already undone
 */
function writeOrDie(write: () => void, explain: (error: unknown) => string): ItemExistsError | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    if (error instanceof ItemExistsError) return error;
    process.stderr.write(`The store cannot write. The process ends before the commit. ${explain(error)}\n`);
    process.kill(process.pid, 'SIGKILL');
    return undefined;
  }
}

function attempt<T>(decide: () => Decided<T>): Decided<T> | { readonly refusal: Error } {
  try {
    return decide();
  } catch (refusal) {
    return { refusal: refusal as Error };
  }
}
