import { ItemExistsError, StoreBusyError, StoreUnavailableError } from '../store-errors.ts';
import type { Environment } from './environment.ts';

/** Transactions that may wait for a commit; more would only make everybody wait longer. */
const MAX_WAITING = 5_000;
/** Bounds how long one commit may take, and with it everybody's wait. */
const MAX_TRANSACTIONS_PER_COMMIT = 512;

export interface Decided<T> {
  readonly result: T;
  readonly write: () => void;
}

export interface CommitQueue {
  /**
   * Runs a decision inside the write transaction, then its writes, and resolves once they are on disk. What the
   * decision throws refuses this transaction alone, since it has written nothing yet.
   * @throws StoreBusyError when too many wait already
   * @throws StoreUnavailableError when the writing or the commit failed; nothing was written
   */
  commit<T>(decide: () => Decided<T>): Promise<T>;
  /** Resolves when nothing waits any more. */
  whenIdle(): Promise<void>;
}

interface Waiting {
  /** Decides and writes; returns what tells the caller once all of it is on disk. */
  readonly run: () => () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets transactions share commits: those that come while one is flushed go into the next one together, each seeing
 * what the earlier ones wrote.
 *
 * It is the library's plain transaction, which commits what was put before an error instead of rolling back. A child
 * transaction would roll back, at an eighth of the price of an order. So whatever may refuse does so before anything
 * is put, and an error of the putting itself (memory, a broken file) ends the process before the commit: the store is
 * then as it was. That a new item's key is taken comes to light while putting, before anything else is put.
 * @param explain told of an error of the store; returns why it failed and what to do
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
    let tellCallers: readonly (() => void)[] = [];
    try {
      await environment.root.transaction(() => {
        // Only now: more may have come while the library made the transaction.
        taken = waiting.splice(0, MAX_TRANSACTIONS_PER_COMMIT);
        tellCallers = taken.map(({ run }) => run());
      });
      for (const tell of tellCallers) tell();
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
 * Nothing of the commit that this is part of reaches the disk when it fails.
 * @returns the one refusal that writing has, which took back what it had put
 */
function writeOrDie(write: () => void, explain: (error: unknown) => string): ItemExistsError | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    if (error instanceof ItemExistsError) return error;
    process.stderr.write(
      `The store cannot write; ending before half of it is committed. ${explain(error)}\n`,
    );
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
