type Undo = () => unknown;

/** What has to be undone when a test or a file is over, however it ended. */
export interface Cleanup {
  defer(undo: Undo): void;
  /** Undoes everything, the latest first; for `afterAll` and `afterEach`. */
  run(): Promise<void>;
}

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
