import { QueryClient } from '@tanstack/react-query';
import { sessionState, subscribeToSession } from '../../session/access-token.ts';
import { ApiProblem } from './api-problem.ts';

const MAX_RETRIES = 2;
const STALE_AFTER_MILLISECONDS = 15_000;
/** The first parts of query keys whose data is the same for all users. */
const PUBLIC_KEYS = ['assets', 'candles', 'market-overview', 'app-info', 'exchange-rates'];

/** Creates the cache of everything read from the API. */
export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_AFTER_MILLISECONDS,
        // Repeating a refused request does not help.
        retry: (failures, error) =>
          failures < MAX_RETRIES && error instanceof ApiProblem && error.isRetryable,
      },
      // Writes are repeated by the code that holds their idempotency key.
      mutations: { retry: false },
    },
  });
  subscribeToSession(() => {
    // The next user must not see the data of the previous one.
    if (sessionState() !== 'signed-in')
      client.removeQueries({ predicate: ({ queryKey }) => isPersonal(queryKey) });
  });
  return client;
}

function isPersonal([first]: readonly unknown[]): boolean {
  return !PUBLIC_KEYS.includes(String(first));
}
