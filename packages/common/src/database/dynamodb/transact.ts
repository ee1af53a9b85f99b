import { randomBytes } from 'node:crypto';
import { defineCounter } from '../../core/figures.ts';
import { ItemExistsError, StoreBusyError } from '../store-errors.ts';
import type { Decision, Item, ItemKey, ReadItems, Reads } from '../table-store.ts';
import { checkDecision, checkReads, keyId } from '../validate-transaction.ts';
import { commitWrites } from './commit.ts';
import type { Connection } from './connection.ts';
import { describeError, isContention } from './errors.ts';
import { fromStoredItem } from './item-codec.ts';
import type { Turn } from './item-queues.ts';
import type { StoredItems } from './read-items.ts';
import { readItems, readSnapshot } from './read-items.ts';
import type { Deadline } from './retry.ts';
import { pauseBeforeRetry } from './retry.ts';

const countConflict = defineCounter({
  name: 'cnop_store_conflicts_total',
  help: 'Attempts of transactions that failed because of another writer or throttling.',
  labelNames: [],
});

/** 96 random bits in 16 characters; every item stores a revision. */
const REVISION_BYTES = 12;

/** The result of `decide`: a decision, or the error that it threw. */
type Verdict<T> = { readonly decision: Decision<T> } | { readonly error: unknown };

/**
 * The result of one attempt: a verdict for the caller, or a reason to retry. `overtaken`: a queue has formed for an
 * item, so the reads are outdated and a commit would only cause another conflict.
 */
type Attempt<T> =
  | Verdict<T>
  | 'overtaken'
  | { readonly conflict: unknown; readonly contended: readonly ItemKey[] };

/**
 * Reads, decides and commits; retries after a conflict.
 *
 * - The reads are cheap: consistent for each item, but not at one moment. The commit checks every item that was read,
 *   so a decision on an inconsistent view is never written.
 * - A decision without writes has no commit that checks it: a refusal could rest on one item from before a transfer and
 *   another from after it. So it is repeated on a snapshot, and that result counts. A single item is always consistent.
 * - Each attempt decides again, so each has its own idempotency token.
 * - After a conflict, a transaction queues for its items (`item-queues.ts`).
 * @see docs/adr/0001-decide-then-commit.md
 */
export async function transact<R extends Reads, T>(
  connection: Connection,
  reads: R,
  decide: (items: ReadItems<R>) => Decision<T>,
): Promise<T> {
  const verdict = await connection.run(async (deadline) => {
    checkReads(reads);
    const readKeys = [...new Map(Object.values(reads).map((key) => [keyId(key), key])).values()];
    return await attemptUntilDone(connection, { reads, readKeys, decide }, deadline);
  });
  if ('error' in verdict) throw verdict.error;
  return verdict.decision.result;
}

interface Task<R extends Reads, T> {
  readonly reads: R;
  /** Each item once. */
  readonly readKeys: readonly ItemKey[];
  readonly decide: (items: ReadItems<R>) => Decision<T>;
}

async function attemptUntilDone<R extends Reads, T>(
  connection: Connection,
  task: Task<R, T>,
  deadline: Deadline,
): Promise<Verdict<T>> {
  const turn = connection.queues.join(task.readKeys.map(keyId));
  const contendedIds = new Set<string>();
  try {
    for (let failedAttempts = 0; ; ) {
      await turn.take(contendedIds, deadline);
      const attempt = await attemptOnce(connection, task, turn, deadline);
      if (attempt === 'overtaken') continue;
      if (!('conflict' in attempt)) return attempt;
      failedAttempts += 1;
      countConflict({});
      for (const key of attempt.contended) contendedIds.add(keyId(key));
      if (!(await pauseBeforeRetry(failedAttempts, connection.retry, deadline))) {
        throw new StoreBusyError(describeError(attempt.conflict));
      }
    }
  } finally {
    turn.leave();
  }
}

async function attemptOnce<R extends Reads, T>(
  connection: Connection,
  task: Task<R, T>,
  turn: Turn,
  deadline: Deadline,
): Promise<Attempt<T>> {
  try {
    let items = await readItems(connection, task.readKeys, deadline);
    let verdict = judge(task, items);
    if (task.readKeys.length > 1 && needsOneMoment(verdict)) {
      items = await readSnapshot(connection, task.readKeys, deadline);
      verdict = judge(task, items);
    }
    if ('error' in verdict || !writesSomething(verdict)) return verdict;
    if (turn.isOvertaken()) return 'overtaken';
    const { writes } = verdict.decision;
    const revision = randomBytes(REVISION_BYTES).toString('base64url');
    const outcome = await commitWrites(
      connection,
      { readKeys: task.readKeys, items, writes, revision },
      deadline,
    );
    return outcome.kind === 'committed' ? verdict : { conflict: outcome.cause, contended: outcome.contended };
  } catch (error) {
    if (isContention(error)) return { conflict: error, contended: [] };
    throw error;
  }
}

function judge<R extends Reads, T>(task: Task<R, T>, stored: StoredItems): Verdict<T> {
  try {
    const decision = task.decide(toReadItems(task.reads, stored));
    checkDecision(task.reads, decision.writes);
    for (const write of decision.writes) {
      if (write.kind === 'create' && stored.has(keyId(write.key))) throw new ItemExistsError(write.key);
    }
    return { decision };
  } catch (error) {
    return { error };
  }
}

/**
 * Returns whether the items of a verdict must have been read at one moment. A commit proves that for its items, and a
 * single item is always read so.
 */
function needsOneMoment<T>(verdict: Verdict<T>): boolean {
  return !writesSomething(verdict) && !('decision' in verdict && verdict.decision.dependsOn !== undefined);
}

function writesSomething<T>(verdict: Verdict<T>): boolean {
  return 'decision' in verdict && verdict.decision.writes.length > 0;
}

function toReadItems<R extends Reads>(reads: R, stored: StoredItems): ReadItems<R> {
  const items: Record<string, Item | undefined> = {};
  for (const [name, key] of Object.entries(reads)) {
    const item = stored.get(keyId(key));
    items[name] = item && fromStoredItem(key.table, item);
  }
  return items as ReadItems<R>;
}
