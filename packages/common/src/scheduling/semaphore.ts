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

/** Runs a bounded number of callers at once, first come, first served. */
export interface Semaphore {
  /**
   * Runs work when a slot is free.
   * @throws the `fullError` of a full queue; the error of `close` once closed
   */
  pass<T>(work: () => Promise<T>): Promise<T>;
  /** Rejects waiting and later callers with an error. Running work goes on. */
  close(error: Error): void;
}

/** Creates an open semaphore. */
export function createSemaphore({ slots, queue }: SemaphoreOptions): Semaphore {
  const waiting: { readonly enter: () => void; readonly reject: (error: Error) => void }[] = [];
  let running = 0;
  let closedBy: Error | undefined;

  async function enter(): Promise<void> {
    if (closedBy) throw closedBy;
    if (running < slots) {
      running += 1;
      return;
    }
    if (queue && waiting.length >= queue.maxWaiting) throw queue.fullError();
    await new Promise<void>((resolve, reject) => {
      waiting.push({ enter: resolve, reject });
    });
  }

  /** Passes the slot to the first in the queue, so that a new caller cannot overtake it. */
  function leave(): void {
    const next = waiting.shift();
    if (next) next.enter();
    else running -= 1;
  }

  return {
    async pass(work) {
      await enter();
      try {
        // It may have been closed since the caller entered.
        if (closedBy) throw closedBy;
        return await work();
      } finally {
        leave();
      }
    },
    close(error) {
      closedBy = error;
      for (const { reject } of waiting.splice(0)) reject(error);
    },
  };
}
