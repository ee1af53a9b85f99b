export interface Repeater {
  /** Acts now; while it acts already, waits for that instead. */
  run(): Promise<void>;
  start(): void;
  /** Resolves when nothing runs any more. */
  stop(): Promise<void>;
}

/** Does something again and again, never twice at once; a round that takes too long makes the next ones fall out. */
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
