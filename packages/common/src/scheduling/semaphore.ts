export interface SemaphoreOptions {
  /** How many may be inside at once. */
  readonly slots: number;
  /** Bounds the queue; without it everybody may wait, which is for callers who are few by their nature. */
  readonly queue?: {
    /** How many may wait outside. */
    readonly maxWaiting: number;
    /** The error for whoever finds the queue full. */
    readonly fullError: () => Error;
  };
}

/** Lets a bounded number of callers work at once, first come, first served; the others wait. */
export interface Semaphore {
  /** @throws the `fullError` of the queue when too many wait, the error of `close` once closed */
  pass<T>(work: () => Promise<T>): Promise<T>;
  /** Turns away who waits and who comes. */
  close(error: Error): void;
}

/** Makes a semaphore that is open. */
export function createSemaphore({ slots, queue }: SemaphoreOptions): Semaphore {
  const waiting: { readonly enter: () => void; readonly turnAway: (error: Error) => void }[] = [];
  let inside = 0;
  let closedBy: Error | undefined;

  async function enter(): Promise<void> {
    if (closedBy) throw closedBy;
    if (inside < slots) {
      inside += 1;
      return;
    }
    if (queue && waiting.length >= queue.maxWaiting) throw queue.fullError();
    await new Promise<void>((resolve, reject) => {
      waiting.push({ enter: resolve, turnAway: reject });
    });
  }

  /** Hands the slot to the next in line, so that nobody who comes now can overtake. */
  function leave(): void {
    const next = waiting.shift();
    if (next) next.enter();
    else inside -= 1;
  }

  return {
    async pass(work) {
      await enter();
      try {
        // Closed between the entry and now: what was shut down must not be started again.
        if (closedBy) throw closedBy;
        return await work();
      } finally {
        leave();
      }
    },
    close(error) {
      closedBy = error;
      for (const { turnAway } of waiting.splice(0)) turnAway(error);
    },
  };
}
