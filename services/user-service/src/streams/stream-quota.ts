import { RateLimitedError, UnavailableError } from '@cnop/exception/errors';
import type { StreamLimits } from './stream-limits.ts';

/** `Retry-After` when the limit of streams is reached. */
const RETRY_AFTER_SECONDS = 5;

/** The number of open streams, for each user and in the process. */
export interface StreamQuota {
  /**
   * Counts one more stream.
   * @throws RateLimitedError (429) when the user has too many, UnavailableError (503) when the process has
   */
  acquire(username: string): void;
  release(username: string): void;
}

/** Creates the count of open streams with its two limits. */
export function createStreamQuota({
  maxPerUser,
  maxPerProcess,
}: Pick<StreamLimits, 'maxPerUser' | 'maxPerProcess'>): StreamQuota {
  const openByUser = new Map<string, number>();
  let openCount = 0;
  return {
    acquire(username) {
      const own = openByUser.get(username) ?? 0;
      if (own >= maxPerUser) {
        throw new RateLimitedError(RETRY_AFTER_SECONDS, `You have ${own} streams open; close one first.`);
      }
      if (openCount >= maxPerProcess) {
        throw new UnavailableError('There are too many streams.', { retryAfterSeconds: RETRY_AFTER_SECONDS });
      }
      openByUser.set(username, own + 1);
      openCount += 1;
    },
    release(username) {
      const own = openByUser.get(username) ?? 0;
      if (own > 1) openByUser.set(username, own - 1);
      else openByUser.delete(username);
      openCount -= 1;
    },
  };
}
