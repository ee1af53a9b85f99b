import type { Health } from '@cnop/common/entities/health';
import { healthSchema } from '@cnop/common/entities/health';
import { queryOptions } from '@tanstack/react-query';
import { ApiProblem, problemOf } from '../http/api-problem.ts';

/** Outside the API prefix, since health probes use it too. */
const HEALTH_PATH = '/health';
/** Longer than the time the gateway waits for a service. */
const TIMEOUT_MILLISECONDS = 5_000;

/** Reads the health of the gateway and the services behind it. */
export function healthQuery() {
  return queryOptions({
    queryKey: ['admin', 'health'],
    queryFn: ({ signal }) => readHealth(signal),
    // A failure is a result here, and the next request follows soon.
    retry: false,
    staleTime: 0,
  });
}

async function readHealth(signal: AbortSignal): Promise<Health> {
  const response = await ask(signal);
  // An unhealthy platform answers 503 with the same body.
  const health = healthSchema.safeParse(
    await response
      .clone()
      .json()
      .catch(() => undefined),
  );
  if (health.success) return health.data;
  throw await problemOf(response);
}

async function ask(signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(HEALTH_PATH, {
      headers: { Accept: 'application/json' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLISECONDS)]),
    });
  } catch (error) {
    if (signal.aborted) throw error;
    const facts = { status: 0, isRetryable: true };
    throw new ApiProblem('The gateway could not be reached.', facts, { cause: error });
  }
}
