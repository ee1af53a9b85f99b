import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './api-problem.ts';

const MAX_RETRIES = 2;
const STALE_AFTER_MILLISECONDS = 15_000;

/** The cache of everything that was read from the API. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
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
}
