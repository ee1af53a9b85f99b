import { RateLimitedError, UnavailableError } from '@cnop/exception/errors';
import type { StreamLimits } from './stream-limits.ts';

/** When all places are taken, somebody has to close a stream first; that takes a moment. */
const RETRY_AFTER_SECONDS = 5;

/** Counts how many streams there are, of each user and in all. */
export interface StreamPlaces {
  /** @throws RateLimitedError (429) when the user has no more, UnavailableError (503) when the process has none */
  take(username: string): void;
  free(username: string): void;
}

export function createStreamPlaces({
  maxPerUser,
  maxPerProcess,
}: Pick<StreamLimits, 'maxPerUser' | 'maxPerProcess'>): StreamPlaces {
  const takenBy = new Map<string, number>();
  let taken = 0;
  return {
    take(username) {
      const own = takenBy.get(username) ?? 0;
      if (own >= maxPerUser) {
        throw new RateLimitedError(RETRY_AFTER_SECONDS, `You have ${own} streams open; close one first.`);
      }
      if (taken >= maxPerProcess) {
        throw new UnavailableError('There are too many streams.', { retryAfterSeconds: RETRY_AFTER_SECONDS });
      }
      takenBy.set(username, own + 1);
      taken += 1;
    },
    free(username) {
      const own = takenBy.get(username) ?? 0;
      if (own > 1) takenBy.set(username, own - 1);
      else takenBy.delete(username);
      taken -= 1;
    },
  };
}
