import { StoreBusyError } from '../store-errors.ts';
import type { Deadline } from './retry.ts';
import { isSettledInTime } from './retry.ts';

/**
 * Queues before items that several transactions of this process write at once.
 *
 * Two of them that meet at one item cost each other an attempt, and two hundred would use up all their attempts. So
 * who has met somebody at an item lines up for the next attempt, and whoever comes later lines up behind. An item
 * that nobody waits for has no queue: where there is no conflict nothing waits. This is courtesy within a process and
 * not what makes transactions safe: that is the condition on every item.
 */
export interface ItemQueues {
  /** A place in the queues for one transaction, at first in none. */
  join(readIds: readonly string[]): Turn;
}

export interface Turn {
  /**
   * Waits until it is this transaction's turn at the items it met somebody at, and at those it reads that have a
   * queue. Keeps its turn when it has it already.
   * @throws StoreBusyError when the queue is too long for the deadline
   */
  take(contendedIds: ReadonlySet<string>, deadline: Deadline): Promise<void>;
  /** Whether a queue has formed, at an item that this transaction reads, since it took its turn. */
  isOvertaken(): boolean;
  /** Lets the next ones go on. Must be called at the end. */
  leave(): void;
}

export function createItemQueues(): ItemQueues {
  /** For each item with a queue: settles when the last one in it leaves. */
  const tails = new Map<string, Promise<void>>();

  /** Always in the order of the ids, so that no two transactions wait for each other. */
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
