/** Something that is done again and again. */
export interface Rounds {
  /** Does it now; while it is being done, waits until that is over and does it once more. */
  now(): Promise<void>;
  /** Resolves when it is not being done any more; it is not begun by itself again. */
  stop(): Promise<void>;
}

/** Repeats a task, never twice at once. A round that fails is told of, and the next one comes all the same. */
export function createRounds({
  everyMilliseconds,
  task,
  onFailure,
}: {
  readonly everyMilliseconds: number;
  readonly task: () => Promise<void>;
  readonly onFailure: (error: unknown) => void;
}): Rounds {
  let running: Promise<void> = Promise.resolve();
  let isIdle = true;
  const begin = async (): Promise<void> => {
    isIdle = false;
    try {
      await task();
    } catch (error) {
      onFailure(error);
    } finally {
      isIdle = true;
    }
  };
  const now = (): Promise<void> => {
    running = running.then(begin);
    return running;
  };
  const timer = setInterval(() => {
    if (isIdle) void now();
  }, everyMilliseconds);
  timer.unref();
  return {
    now,
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
