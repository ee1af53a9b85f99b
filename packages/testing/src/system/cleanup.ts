type Undo = () => unknown;

/** The steps that clean up after a test or a file. */
export interface Cleanup {
  defer(undo: Undo): void;
  /** Runs all steps, latest first; for `afterAll` and `afterEach`. */
  run(): Promise<void>;
}

/** Creates an empty list of steps. */
export function createCleanup(): Cleanup {
  const undos: Undo[] = [];
  return {
    defer: (undo) => void undos.push(undo),
    async run() {
      const failures: unknown[] = [];
      for (let undo = undos.pop(); undo; undo = undos.pop()) {
        try {
          await undo();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, 'cleaning up failed');
    },
  };
}
