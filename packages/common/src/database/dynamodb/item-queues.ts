import { StoreBusyError } from '../store-errors.ts';
import type { Deadline } from './retry.ts';
import { isSettledInTime } from './retry.ts';

/**
 * Queues for items that several transactions of this process write at once.
 *
 * Two transactions that conflict on an item cost each other an attempt, and two hundred would use up all attempts. So a
 * transaction that met a conflict queues for its next attempt, and later transactions queue behind it. An item without
 * a conflict has no queue. The queues only reduce conflicts; the conditions on the items make transactions safe.
 */
export interface ItemQueues {
  /** Registers a transaction, which is in no queue at first. */
  join(readIds: readonly string[]): Turn;
}

/** The positions of a transaction in the queues. */
export interface Turn {
  /**
   * Waits until the transaction is first in the queues of its contended items, and of the items it reads that have a
   * queue. Returns at once when it is first already.
   * @throws StoreBusyError (503) when the queue is too long for the deadline
   */
  take(contendedIds: ReadonlySet<string>, deadline: Deadline): Promise<void>;
  /** Returns whether a queue has formed, since the last `take`, for an item that the transaction reads. */
  isOvertaken(): boolean;
  /** Leaves all queues. Must be called at the end. */
  leave(): void;
}

/** Creates queues for the items of a store; at first there are none. */
export function createItemQueues(): ItemQueues {
  /** For each item with a queue, a promise that resolves when the last transaction in it leaves. */
  const tails = new Map<string, Promise<void>>();

  /** Enters the queues in the order of the ids, so that no two transactions wait for each other. */
  async function enter(
    ids: readonly string[],
    held: Map<string, () => void>,
    deadline: Deadline,
  ): Promise<void> {
    for (const id of ids.toSorted((one, other) => (one < other ? -1 : 1))) {
      const ahead = tails.get(id);
      const { promise, resolve } = deferred();
      tails.set(id, promise);
      const leave = () => {
        resolve();
        if (tails.get(id) === promise) tails.delete(id);
      };
      if (ahead && !(await isSettledInTime(ahead, deadline))) {
        void ahead.then(leave);
        throw new StoreBusyError(new Error('too many transactions of this process wait for one item'));
      }
      held.set(id, leave);
    }
  }

  return {
    join(readIds) {
      const held = new Map<string, () => void>();
      const leaveAll = () => {
        for (const leave of held.values()) leave();
        held.clear();
      };
      return {
        async take(contendedIds, deadline) {
          const wanted = [...new Set([...contendedIds, ...readIds.filter((id) => tails.has(id))])];
          if (wanted.every((id) => held.has(id))) return;
          leaveAll();
          await enter(wanted, held, deadline);
        },
        isOvertaken: () => readIds.some((id) => tails.has(id) && !held.has(id)),
        leave: leaveAll,
      };
    },
  };
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
