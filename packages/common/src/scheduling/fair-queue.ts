/** Who waits: in which lane, and for which group of callers within it. */
export interface Place<Lane extends string> {
  readonly lane: Lane;
  readonly group: string;
}

export interface FairQueueOptions<Lane extends string> {
  /** How many may work at once. */
  readonly slots: number;
  /** Each has a queue of its own; when several wait they are served in turn. */
  readonly lanes: readonly Lane[];
  /** How many may wait in one lane. */
  readonly maxWaiting: number;
  /** The error for a caller that finds no place. */
  readonly fullError: () => Error;
}

/** Lets a bounded number of callers work at once, and shares the turns between lanes, and within a lane between groups. */
export interface FairQueue<Lane extends string> {
  /** @throws the `fullError` when the lane is full and the caller's group has as many in it as any other */
  pass<T>(place: Place<Lane>, work: () => Promise<T>): Promise<T>;
}

interface Waiter {
  readonly enter: () => void;
  readonly turnAway: (error: Error) => void;
}

/** Groups in the order of their next turn, each with its callers in the order of their arrival. */
type LaneQueue = Map<string, Waiter[]>;

/** Creates a queue in which neither a flood in one lane nor a group that sends much keeps the others from their turn. */
export function createFairQueue<Lane extends string>(options: FairQueueOptions<Lane>): FairQueue<Lane> {
  const lanes = new Map<Lane, LaneQueue>(options.lanes.map((lane) => [lane, new Map()]));
  let inside = 0;

  async function enter({ lane, group }: Place<Lane>): Promise<void> {
    if (inside < options.slots) {
      inside += 1;
      return;
    }
    const queue = lanes.get(lane) ?? new Map<string, Waiter[]>();
    if (waitingIn(queue) >= options.maxWaiting) makeRoom(queue, group);
    await new Promise<void>((resolve, reject) => {
      const waiters = queue.get(group) ?? [];
      waiters.push({ enter: resolve, turnAway: reject });
      queue.set(group, waiters);
    });
  }

  /** Turns away the latest caller of the group that has most waiting, unless that is the newcomer's own. */
  function makeRoom(queue: LaneQueue, newcomer: string): void {
    const own = (queue.get(newcomer)?.length ?? 0) + 1;
    let [largestGroup, largest]: [string, Waiter[]] = ['', []];
    for (const [group, waiters] of queue) {
      if (waiters.length > largest.length) [largestGroup, largest] = [group, waiters];
    }
    if (largest.length <= own) throw options.fullError();
    largest.pop()?.turnAway(options.fullError());
    if (largest.length === 0) queue.delete(largestGroup);
  }

  /** Hands the slot to the next group of the next lane. */
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
    inside -= 1;
  }

  return {
    async pass(place, work) {
      await enter(place);
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
