/** Lets each asset act on its own, one turn after the other, and several assets at the same time. */
export interface Turns {
  /** Gives an asset a turn; one that comes while it has one is the next, however often it is asked for. */
  wake(assetId: string): void;
  /** Counts something else as running. */
  hold(task: Promise<void>): void;
  /** Resolves when nothing runs and nobody waits. */
  whenIdle(): Promise<void>;
  /** Begins no more turns. */
  stop(): void;
}

export function createTurns({
  maxAtOnce,
  act,
  onFailure,
}: {
  readonly maxAtOnce: number;
  readonly act: (assetId: string) => Promise<void>;
  /** A turn that fails is not taken again by itself: the next quote brings the next turn. */
  readonly onFailure: (error: unknown, assetId?: string) => void;
}): Turns {
  const due = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const held = new Set<Promise<void>>();
  let isStopped = false;

  function begin(): void {
    for (const assetId of due) {
      if (isStopped || running.size >= maxAtOnce) return;
      if (running.has(assetId)) continue;
      due.delete(assetId);
      running.set(assetId, take(assetId));
    }
  }

  async function take(assetId: string): Promise<void> {
    try {
      await act(assetId);
    } catch (error) {
      onFailure(error, assetId);
    } finally {
      running.delete(assetId);
      begin();
    }
  }

  return {
    wake(assetId) {
      due.add(assetId);
      begin();
    },

    hold(task) {
      const watched = task.catch((error: unknown) => onFailure(error)).finally(() => held.delete(watched));
      held.add(watched);
    },

    async whenIdle() {
      while (running.size + held.size > 0) await Promise.all([...running.values(), ...held]);
    },

    stop() {
      isStopped = true;
    },
  };
}
