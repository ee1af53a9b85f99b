import { randomInt } from 'node:crypto';
import type { Clock } from '@cnop/common/core/clock';
import { epochSeconds } from '@cnop/common/core/clock';
import type { Count } from '@cnop/common/limits/shared-counter';
import { WINDOW_SECONDS } from '@cnop/common/limits/shared-counter';

/** One slot more than seconds: the oldest second counts until all of it has left the window, so that no 60 seconds from any
 * start hold more than the limit. */
const SLOTS = WINDOW_SECONDS + 1;

/** Counts that new clients share when too many clients are tracked. */
const SHARED_COUNTS = 4_096;
const MAX_SEED = 2 ** 32;
const FNV_PRIME = 0x01_00_01_93;

/** Counts requests of many clients, each against the same limit. */
export interface WindowCounter {
  /** Counts one request, unless the limit is reached. A refused request does not prolong the wait. */
  take(client: string): Count;
  /** Returns the seconds until a request of the client would be allowed, 0 for now, without counting. */
  waitSeconds(client: string): number;
}

interface WindowCounterOptions {
  /** Requests in any 60 seconds. */
  readonly limit: number;
  readonly maxClients: number;
  readonly clock: Clock;
  /** Counts that further clients share; about 400 bytes each when in use. */
  readonly sharedCounts?: number;
}

interface Usage {
  /** Requests of each of the last seconds; the index is the second modulo the number of slots. */
  readonly slots: Uint32Array;
  total: number;
  lastSecond: number;
}

/**
 * Creates a counter with bounded memory that forgets a client only after all its requests have left the window.
 *
 * Clients are kept in two generations, each as long as the window: a request moves its client to the recent one, and the
 * older one is dropped as a whole. When too many clients are tracked, further ones share a fixed number of counts, assigned
 * by a hash that no client can compute. So cycling through keys resets no counter, and a flood of clients affects few others.
 */
export function createWindowCounter({
  limit,
  maxClients,
  clock,
  sharedCounts = SHARED_COUNTS,
}: WindowCounterOptions): WindowCounter {
  let recent = new Map<string, Usage>();
  let older = new Map<string, Usage>();
  let generationEnd = 0;
  const sharedUsages: (Usage | undefined)[] = [];
  const seed = randomInt(MAX_SEED);

  function isFull(): boolean {
    return recent.size + older.size >= maxClients;
  }

  function sharedUsageOf(client: string): Usage {
    const index = hashText(client, seed) % sharedCounts;
    return (sharedUsages[index] ??= createUsage(0));
  }

  function usageOf(client: string, second: number): Usage {
    if (second >= generationEnd) {
      older = second < generationEnd + SLOTS ? recent : new Map<string, Usage>();
      recent = new Map<string, Usage>();
      generationEnd = second + SLOTS;
    }
    const known = recent.get(client);
    if (known) return known;
    const former = older.get(client);
    if (!former && isFull()) return sharedUsageOf(client);
    older.delete(client);
    const usage = former ?? createUsage(second);
    recent.set(client, usage);
    return usage;
  }

  return {
    take(client) {
      const second = epochSeconds(clock.now());
      const usage = usageOf(client, second);
      advance(usage, second);
      if (usage.total >= limit)
        return { isAllowed: false, remaining: 0, waitSeconds: secondsUntilFree(usage) };
      const slot = usage.lastSecond % SLOTS;
      usage.slots[slot] = (usage.slots[slot] ?? 0) + 1;
      usage.total += 1;
      return { isAllowed: true, remaining: limit - usage.total, waitSeconds: 0 };
    },
    waitSeconds(client) {
      const usage = recent.get(client) ?? older.get(client) ?? (isFull() ? sharedUsageOf(client) : undefined);
      if (!usage) return 0;
      advance(usage, epochSeconds(clock.now()));
      return usage.total < limit ? 0 : secondsUntilFree(usage);
    },
  };
}

/** Hashes a text by FNV-1a. The seed is random, so no client can choose which clients it shares a count with. */
function hashText(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function createUsage(second: number): Usage {
  return { slots: new Uint32Array(SLOTS), total: 0, lastSecond: second };
}

/** Drops the seconds that have left the window. While the clock is set back, time stands still. */
function advance(usage: Usage, second: number): void {
  const steps = Math.min(second - usage.lastSecond, SLOTS);
  for (let step = 1; step <= steps; step++) {
    const slot = (usage.lastSecond + step) % SLOTS;
    usage.total -= usage.slots[slot] ?? 0;
    usage.slots[slot] = 0;
  }
  if (steps > 0) usage.lastSecond = second;
}

function secondsUntilFree(usage: Usage): number {
  for (let age = SLOTS - 1; age > 0; age--) {
    if ((usage.slots[(usage.lastSecond + SLOTS - age) % SLOTS] ?? 0) > 0) return SLOTS - age;
  }
  return SLOTS;
}
