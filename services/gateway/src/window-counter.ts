import type { Clock } from '@cnop/common/core/clock';
import { epochSeconds } from '@cnop/common/core/clock';
import type { Count } from '@cnop/common/limits/shared-counter';
import { WINDOW_SECONDS } from '@cnop/common/limits/shared-counter';

/** One more than seconds: the oldest second counts until all of it is out of the window, so that no window of any
 * beginning ever holds more than the limit. */
const SLOTS = WINDOW_SECONDS + 1;

/** Counts requests of many clients, each against the same limit. */
export interface WindowCounter {
  /** Counts one request, unless the limit is reached: a refused request does not prolong the wait. */
  take(client: string): Count;
  /** Seconds until a request of the client would be allowed; 0 when it would be now. Counts nothing. */
  waitSeconds(client: string): number;
}

export interface WindowCounterOptions {
  /** Requests in any 60 seconds. */
  readonly limit: number;
  readonly maxClients: number;
  readonly clock: Clock;
}

interface Usage {
  /** Requests of each of the last seconds, at the second modulo their number. */
  readonly slots: Uint32Array;
  total: number;
  lastSecond: number;
}

/**
 * Makes a counter with a bounded memory that forgets a client only once all its requests are out of the window.
 *
 * Clients live in two generations, each as long as the window: whoever calls moves to the recent one, and the older
 * one is dropped whole. When there are too many of them, all further newcomers share one count, so cycling through
 * keys resets nobody's counter, least of all one's own.
 */
export function createWindowCounter({ limit, maxClients, clock }: WindowCounterOptions): WindowCounter {
  let recent = new Map<string, Usage>();
  let older = new Map<string, Usage>();
  let generationEnd = 0;
  const newcomers = createUsage(0);

  function usageOf(client: string, second: number): Usage {
    if (second >= generationEnd) {
      older = second < generationEnd + SLOTS ? recent : new Map<string, Usage>();
      recent = new Map<string, Usage>();
      generationEnd = second + SLOTS;
    }
    const known = recent.get(client);
    if (known) return known;
    const former = older.get(client);
    if (!former && recent.size + older.size >= maxClients) return newcomers;
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
      const usage = recent.get(client) ?? older.get(client);
      if (!usage) return 0;
      advance(usage, epochSeconds(clock.now()));
      return usage.total < limit ? 0 : secondsUntilFree(usage);
    },
  };
}

function createUsage(second: number): Usage {
  return { slots: new Uint32Array(SLOTS), total: 0, lastSecond: second };
}

/** Lets go of the seconds that left the window. A clock that was set back stands still meanwhile. */
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
