import { StoreBusyError } from '../store-errors.ts';
import type { Deadline } from './retry.ts';
import { isSettledInTime } from './retry.ts';

/**
 * Lets only so many requests out at a time, in the order in which they came. The SDK has a limit of its own, but
 * counts the wait for a free connection as part of the connection's timeout, so a burst would look like an outage.
 */
export interface RequestGate {
  /**
   * Runs a request when there is room for it.
   * @throws StoreBusyError when there is none within the deadline; nothing was sent
   */
  pass<T>(deadline: Deadline, request: () => Promise<T>): Promise<T>;
}

export function createRequestGate(maxRequests: number): RequestGate {
  const waiting = new Set<() => void>();
  let free = maxRequests;

  const leave = () => {
    const [next] = waiting;
    if (!next) {
      free += 1;
      return;
    }
    waiting.delete(next);
    next();
  };
  const enter = async (deadline: Deadline): Promise<void> => {
    if (free > 0) {
      free -= 1;
      return;
    }
    let letIn = () => {};
    const isLetIn = new Promise<void>((resolve) => {
      letIn = resolve;
    });
    waiting.add(letIn);
    if (await isSettledInTime(isLetIn, deadline)) return;
    // Either it still waits, or it was let in at the very last moment and has to hand its place on.
    if (!waiting.delete(letIn)) leave();
    throw new StoreBusyError(new Error('too many requests of this process wait for a connection'));
  };

  return {
    async pass(deadline, request) {
      await enter(deadline);
      try {
        return await request();
      } finally {
        leave();
      }
    },
  };
}
