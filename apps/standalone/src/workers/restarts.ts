const WINDOW_MILLISECONDS = 60_000;
/** More ends of workers in a minute mean that a restart does not help. */
const MAX_IN_WINDOW = 10;
const FIRST_DELAY_MILLISECONDS = 100;
const MAX_DELAY_MILLISECONDS = 5_000;

/** Decides when a process that ended is started again. */
export interface Restarts {
  /** Counts an end. Returns how long to wait before the restart; undefined when there were too many ends. */
  next(): number | undefined;
  /** Returns the number of restarts so far. */
  total(): number;
}

/** Creates the record of restarts: each one within a minute doubles the wait for the next, up to a limit. */
export function createRestarts(nowMilliseconds: () => number): Restarts {
  let recent: number[] = [];
  let total = 0;
  return {
    next() {
      const now = nowMilliseconds();
      recent = recent.filter((at) => now - at < WINDOW_MILLISECONDS);
      if (recent.length >= MAX_IN_WINDOW) return undefined;
      const delay = Math.min(FIRST_DELAY_MILLISECONDS * 2 ** recent.length, MAX_DELAY_MILLISECONDS);
      recent.push(now);
      total += 1;
      return delay;
    },
    total: () => total,
  };
}
