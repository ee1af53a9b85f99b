import { addSeconds, MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';

/** Wrong passwords of one network for one account within the window, before it is locked out. */
export const MAX_SIGN_IN_FAILURES = 5;
export const SIGN_IN_FAILURE_WINDOW_SECONDS = 5 * 60;

/**
 * Returns the whole seconds until another password may be tried; 0 when it may be tried now.
 * @param failedAt times of earlier failures, oldest first
 */
export function secondsUntilNextTry(failedAt: readonly string[], now: Date): number {
  const counting = recentFailures(failedAt, now);
  const oldest = counting.at(-MAX_SIGN_IN_FAILURES);
  if (oldest === undefined) return 0;
  const freeAt = addSeconds(new Date(oldest), SIGN_IN_FAILURE_WINDOW_SECONDS);
  return Math.ceil((freeAt.getTime() - now.getTime()) / MILLISECONDS_PER_SECOND);
}

/** Returns the times of failures to store after another one. */
export function addFailure(failedAt: readonly string[], now: Date): readonly string[] {
  return [...recentFailures(failedAt, now), now.toISOString()].slice(-MAX_SIGN_IN_FAILURES);
}

function recentFailures(failedAt: readonly string[], now: Date): readonly string[] {
  const windowStart = addSeconds(now, -SIGN_IN_FAILURE_WINDOW_SECONDS).toISOString();
  return failedAt.filter((at) => at > windowStart);
}
