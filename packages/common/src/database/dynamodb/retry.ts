import { setTimeout as wait } from 'node:timers/promises';
import type { RetryOptions } from './options.ts';
import {
  DEFAULT_BASE_DELAY_MILLISECONDS,
  DEFAULT_DEADLINE_MILLISECONDS,
  DEFAULT_MAX_DELAY_MILLISECONDS,
  DEFAULT_MAX_TRANSACT_ATTEMPTS,
} from './options.ts';

const BACKOFF_FACTOR = 2;

/** Returns the given options with defaults. */
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

/** The end of a call of the store, on a monotonic clock. */
export interface Deadline {
  remainingMilliseconds(): number;
}

/** Starts a deadline. */
export function startDeadline(milliseconds: number): Deadline {
  const end = performance.now() + milliseconds;
  return { remainingMilliseconds: () => end - performance.now() };
}

/**
 * Returns the delay before the next attempt: exponential backoff with full jitter, so that writers that conflicted once
 * do not conflict again.
 * @param failedAttempts attempts so far, from 1
 */
function backoffMilliseconds(failedAttempts: number, options: RetryOptions): number {
  const bound = options.baseDelayMilliseconds * BACKOFF_FACTOR ** (failedAttempts - 1);
  return options.random() * Math.min(bound, options.maxDelayMilliseconds);
}

/** Waits before the next attempt and returns true; returns false at once when attempts or time are used up. */
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

/** Waits for a promise until the deadline; returns whether it resolved. */
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
