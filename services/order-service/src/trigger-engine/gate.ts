/** Lets only so many tasks run at a time, the others in the order in which they came. */
export interface Gate {
  run<T>(task: () => Promise<T>): Promise<T>;
}

export function createGate(maxAtOnce: number): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;
  const handedOn = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
    });
  return {
    async run(task) {
      // A place is handed on, never given back and taken: nobody who comes later can slip in between.
      if (running >= maxAtOnce) await handedOn();
      else running += 1;
      try {
        return await task();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}
