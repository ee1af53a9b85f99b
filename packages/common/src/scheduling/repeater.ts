/** Runs an action at an interval, one run at a time. */
export interface Repeater {
  /** Runs the action now, or waits for the current run. Rejects when the action does. */
  run(): Promise<void>;
  /** Starts the interval. */
  start(): void;
  /** Stops the interval. Resolves after the current run. */
  stop(): Promise<void>;
}

/** Creates a repeater. Skips runs while an earlier one is still going on. */
export function createRepeater({
  everyMilliseconds,
  act,
}: {
  readonly everyMilliseconds: number;
  readonly act: () => Promise<void>;
}): Repeater {
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const run = async (): Promise<void> => {
    running ??= act().finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    run,
    start() {
      timer ??= setInterval(() => void run(), everyMilliseconds);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      await running;
    },
  };
}
