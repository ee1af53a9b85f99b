import { setTimeout as wait } from 'node:timers/promises';
import type { RetryOptions } from './options.ts';
import {
  DEFAULT_BASE_DELAY_MILLISECONDS,
  DEFAULT_DEADLINE_MILLISECONDS,
  DEFAULT_MAX_DELAY_MILLISECONDS,
  DEFAULT_MAX_TRANSACT_ATTEMPTS,
} from './options.ts';

const BACKOFF_FACTOR = 2;

export function retryOptions(given: Partial<RetryOptions> = {}): RetryOptions {
  return {
    maxAttempts: DEFAULT_MAX_TRANSACT_ATTEMPTS,
    baseDelayMilliseconds: DEFAULT_BASE_DELAY_MILLISECONDS,
    maxDelayMilliseconds: DEFAULT_MAX_DELAY_MILLISECONDS,
    deadlineMilliseconds: DEFAULT_DEADLINE_MILLISECONDS,
    random: Math.random,
    sleep: wait,
    ...given,
  };
}

/** The moment at which a call of the store has to end, on a clock that nobody sets back. */
export interface Deadline {
  remainingMilliseconds(): number;
}

export function startDeadline(milliseconds: number): Deadline {
  const end = performance.now() + milliseconds;
  return { remainingMilliseconds: () => end - performance.now() };
}

/**
 * How long to wait before the next attempt: "full jitter", anything from nothing to a bound that doubles. Writers
 * that met once would meet again if they waited equally long.
 * @param failedAttempts attempts so far, from 1
 */
function backoffMilliseconds(failedAttempts: number, options: RetryOptions): number {
  const bound = options.baseDelayMilliseconds * BACKOFF_FACTOR ** (failedAttempts - 1);
  return options.random() * Math.min(bound, options.maxDelayMilliseconds);
}

/** Waits for the next attempt and says true, or says false at once when there is none within the deadline. */
export async function pauseBeforeRetry(
  failedAttempts: number,
  options: RetryOptions,
  deadline: Deadline,
): Promise<boolean> {
  if (failedAttempts >= options.maxAttempts) return false;
  const delay = backoffMilliseconds(failedAttempts, options);
  if (delay >= deadline.remainingMilliseconds()) return false;
  await options.sleep(delay);
  return true;
}

/** Waits for a promise, and no longer than the deadline allows. */
export async function isSettledInTime(promise: Promise<void>, deadline: Deadline): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, deadline.remainingMilliseconds()));
  });
  try {
    return await Promise.race([promise.then(() => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
