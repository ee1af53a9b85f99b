import { QueryClient } from '@tanstack/react-query';
import { sessionState, subscribeToSession } from '../../session/access-token.ts';
import { ApiProblem } from './api-problem.ts';

const MAX_RETRIES = 2;
const STALE_AFTER_MILLISECONDS = 15_000;
/** What is the same for everybody, by the first part of its key. */
const PUBLIC_KEYS = ['assets', 'candles', 'market-overview', 'app-info'];

/** The cache of everything that was read from the API. */
export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_AFTER_MILLISECONDS,
        // A refusal stays one however often it is asked for.
        retry: (failures, error) =>
          failures < MAX_RETRIES && error instanceof ApiProblem && error.isRetryable,
      },
      // A write is repeated by whoever holds its key, never behind his back.
      mutations: { retry: false },
    },
  });
  subscribeToSession(() => {
    // Whoever signs in next must not see for a moment what was somebody else's.
    if (sessionState() !== 'signed-in')
      client.removeQueries({ predicate: ({ queryKey }) => isPersonal(queryKey) });
  });
  return client;
}

function isPersonal([first]: readonly unknown[]): boolean {
  return !PUBLIC_KEYS.includes(String(first));
}
