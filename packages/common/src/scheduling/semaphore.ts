export interface SemaphoreOptions {
  /** The most callers that run at once. */
  readonly slots: number;
  /** Bounds the queue. Without it every caller may wait, for callers that are few by their nature. */
  readonly queue?: {
    /** The most waiting callers. */
    readonly maxWaiting: number;
    /** Creates the error for a caller that a full queue rejects. */
    readonly fullError: () => Error;
  };
}

/** The longest wait of one caller. */
export interface WaitLimit {
  readonly milliseconds: number;
  /** Creates the error for a caller that got no slot in this time. */
  readonly timeoutError: () => Error;
}

/** Runs a bounded number of callers at once, first come, first served. */
export interface Semaphore {
  /**
   * Runs work when a slot is free: at once, before it returns, or when the turn of the caller comes.
   * @param waitLimit by default a caller waits for as long as it takes
   * @throws the `fullError` of a full queue; the `timeoutError` of the wait limit; the error of `close` once closed. The
   * work has not begun then
   */
  pass<T>(work: () => Promise<T>, waitLimit?: WaitLimit): Promise<T>;
  /** Rejects waiting and later callers with an error. Running work goes on. */
  close(error: Error): void;
}

interface Waiter {
  readonly enter: () => void;
  readonly reject: (error: Error) => void;
}

/** Creates an open semaphore. */
export function createSemaphore({ slots, queue }: SemaphoreOptions): Semaphore {
  /** In the order of arrival. A set, since a caller may give up in the middle of a long queue. */
  const waiting = new Set<Waiter>();
  let running = 0;
  let closedBy: Error | undefined;

  function assertOpen(): void {
    if (closedBy) throw closedBy;
  }

  async function wait(waitLimit: WaitLimit | undefined): Promise<void> {
    if (queue && waiting.size >= queue.maxWaiting) throw queue.fullError();
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const waiter = { enter: resolve, reject };
        waiting.add(waiter);
        if (!waitLimit) return;
        timer = setTimeout(() => {
          if (waiting.delete(waiter)) reject(waitLimit.timeoutError());
        }, waitLimit.milliseconds);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Passes the slot to the first in the queue, so that a new caller cannot overtake it. */
  function leave(): void {
    const [next] = waiting;
    if (!next) {
      running -= 1;
      return;
    }
    waiting.delete(next);
    next.enter();
  }

  return {
    async pass(work, waitLimit) {
      assertOpen();
      if (running < slots) running += 1;
      else await wait(waitLimit);
      try {
        // It may have been closed since the caller got the slot of another.
        assertOpen();
        return await work();
      } finally {
        leave();
      }
    },
    close(error) {
      closedBy = error;
      for (const { reject } of waiting) reject(error);
      waiting.clear();
    },
  };
}
