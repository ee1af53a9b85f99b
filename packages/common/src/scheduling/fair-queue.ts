/** A caller of a fair queue: its lane, and its group of callers within the lane. */
export interface QueuedCaller<Lane extends string> {
  readonly lane: Lane;
  readonly group: string;
}

export interface FairQueueOptions<Lane extends string> {
  /** The most callers that run at once. */
  readonly slots: number;
  /** Each lane has its own queue. Lanes with waiting callers are served in turn. */
  readonly lanes: readonly Lane[];
  /** The most waiting callers in one lane. */
  readonly maxWaiting: number;
  /** Creates the error for a caller that a full lane rejects. */
  readonly fullError: () => Error;
}

/** A semaphore whose slots are shared fairly between lanes, and within a lane between groups. */
export interface FairQueue<Lane extends string> {
  /**
   * Runs work when a slot is free.
   * @throws the `fullError` when the lane is full and no group waits with more callers than the caller's own
   */
  pass<T>(caller: QueuedCaller<Lane>, work: () => Promise<T>): Promise<T>;
}

interface Waiter {
  readonly enter: () => void;
  readonly reject: (error: Error) => void;
}

/** Waiting callers by group: groups in the order of their next turn, callers in the order of arrival. */
type LaneQueue = Map<string, Waiter[]>;

/** Creates a fair queue: neither a flooded lane nor a busy group delays the others by more than their turns. */
export function createFairQueue<Lane extends string>(options: FairQueueOptions<Lane>): FairQueue<Lane> {
  const lanes = new Map<Lane, LaneQueue>(options.lanes.map((lane) => [lane, new Map()]));
  let running = 0;

  async function enter({ lane, group }: QueuedCaller<Lane>): Promise<void> {
    if (running < options.slots) {
      running += 1;
      return;
    }
    const queue = lanes.get(lane) ?? new Map<string, Waiter[]>();
    if (waitingIn(queue) >= options.maxWaiting) makeRoom(queue, group);
    await new Promise<void>((resolve, reject) => {
      const waiters = queue.get(group) ?? [];
      waiters.push({ enter: resolve, reject });
      queue.set(group, waiters);
    });
  }

  /** Rejects the latest caller of the largest group; throws for the newcomer when its own group is the largest. */
  function makeRoom(queue: LaneQueue, newcomer: string): void {
    const own = (queue.get(newcomer)?.length ?? 0) + 1;
    let [largestGroup, largest]: [string, Waiter[]] = ['', []];
    for (const [group, waiters] of queue) {
      if (waiters.length > largest.length) [largestGroup, largest] = [group, waiters];
    }
    if (largest.length <= own) throw options.fullError();
    largest.pop()?.reject(options.fullError());
    if (largest.length === 0) queue.delete(largestGroup);
  }

  /** Passes the slot to the next group of the next lane. */
  function leave(): void {
    for (const [lane, queue] of lanes) {
      const [group, waiters] = queue.entries().next().value ?? [];
      const next = waiters?.shift();
      if (group === undefined || !waiters || !next) continue;
      queue.delete(group);
      if (waiters.length > 0) queue.set(group, waiters);
      lanes.delete(lane);
      lanes.set(lane, queue);
      next.enter();
      return;
    }
    running -= 1;
  }

  return {
    async pass(caller, work) {
      await enter(caller);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}

function waitingIn(queue: LaneQueue): number {
  let count = 0;
  for (const waiters of queue.values()) count += waiters.length;
  return count;
}
