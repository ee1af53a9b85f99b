import { UnavailableError, UpstreamError } from '@cnop/exception/errors';
import { BrokenCircuitError } from 'cockatiel';
import type { Dispatcher } from 'undici';
import type { Instance } from './instance.ts';
import { ConnectionFailedError } from './upstream-failures.ts';

const RETRIED_STATUSES = new Set([502, 503, 504]);
const MILLISECONDS_PER_SECOND = 1_000;

/** Spreads requests over the instances of a service. */
export interface LoadBalancer {
  /**
   * Sends a request to an instance. A GET is retried once, if the retry budget allows it.
   * @throws UnavailableError (503) when the circuit breakers of all instances are open
   * @throws UpstreamError (502 or 504) when the instance does not respond
   * @throws ClientGoneError when the client disconnects
   */
  send(request: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  /** Sends the request of a stream, which is not retried: its client reconnects by itself. */
  openStream(request: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
}

interface LoadBalancerOptions {
  readonly instances: readonly Instance[];
  readonly halfOpenAfterMilliseconds: number;
}

/** Creates a round-robin load balancer that skips instances whose circuit breaker is open. */
export function createLoadBalancer({
  instances,
  halfOpenAfterMilliseconds,
}: LoadBalancerOptions): LoadBalancer {
  const budget = createRetryBudget();
  let next = 0;

  async function sendOnce(
    request: Dispatcher.RequestOptions,
    method: 'send' | 'openStream' = 'send',
  ): Promise<Dispatcher.ResponseData> {
    const first = next++;
    for (let step = 0; step < instances.length; step++) {
      const instance = instances[(first + step) % instances.length];
      if (!instance?.takesRequests) continue;
      try {
        return await instance[method](request);
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
      }
    }
    throw new UnavailableError('A service is down; it is tried again shortly.', {
      retryAfterSeconds: Math.ceil(halfOpenAfterMilliseconds / MILLISECONDS_PER_SECOND),
    });
  }

  async function sendWithRetry(request: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
    const first = await sendOnce(request).catch((error: unknown) => {
      if (error instanceof ConnectionFailedError) return error;
      throw error;
    });
    const hasFailed = first instanceof UpstreamError;
    const mayRetry = (hasFailed || RETRIED_STATUSES.has(first.statusCode)) && budget.spend();
    if (mayRetry) {
      if (!hasFailed) await first.body.dump();
      return sendOnce(request);
    }
    if (hasFailed) throw first;
    return first;
  }

  return {
    send(request) {
      budget.earn();
      return request.method === 'GET' ? sendWithRetry(request) : sendOnce(request);
    },
    openStream: (request) => sendOnce(request, 'openStream'),
  };
}

/** The largest share of retries, since retries make an overload worse. */
const RETRIES_PER_REQUEST = 0.1;
/** Bounds the retries saved in quiet times. */
const MAX_SAVED_RETRIES = 10;

/** A budget of retries that requests earn. */
interface RetryBudget {
  /** Adds the share of a retry that a request earns. */
  earn(): void;
  /** Takes one retry; returns false when none is left. */
  spend(): boolean;
}

/** Creates an empty retry budget. */
function createRetryBudget(): RetryBudget {
  let saved = 0;
  return {
    earn() {
      saved = Math.min(saved + RETRIES_PER_REQUEST, MAX_SAVED_RETRIES);
    },
    spend() {
      if (saved < 1) return false;
      saved -= 1;
      return true;
    },
  };
}
