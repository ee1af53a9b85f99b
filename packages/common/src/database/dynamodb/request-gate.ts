import { StoreBusyError } from '../store-errors.ts';
import type { Deadline } from './retry.ts';
import { isSettledInTime } from './retry.ts';

/**
 * Bounds the number of concurrent requests, first come, first served. The SDK also bounds its connections, but counts
 * the wait for one as part of the connection timeout, so that a burst would look like an outage.
 */
export interface RequestGate {
  /**
   * Runs a request when a connection is free.
   * @throws StoreBusyError (503) when none is free within the deadline; nothing was sent
   */
  pass<T>(deadline: Deadline, request: () => Promise<T>): Promise<T>;
}

/** Creates a gate for at most `maxRequests` concurrent requests. */
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
    // If it was let in at the last moment, it passes its slot on.
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
