import { UnavailableError, UpstreamError } from '@cnop/exception/errors';
import { BrokenCircuitError } from 'cockatiel';
import type { Dispatcher } from 'undici';
import type { Instance } from './instance.ts';
import type { RetryBudget } from './retry-budget.ts';
import { ConnectionFailedError } from './upstream-failures.ts';

const RETRIED_STATUSES = new Set([502, 503, 504]);
const MILLISECONDS_PER_SECOND = 1_000;

export interface Exchange {
  /**
   * Sends a request to one of the instances; a read gets a second chance, if the budget allows.
   * @throws UnavailableError (503) when every breaker is open
   * @throws UpstreamError (502, 504) and ClientGoneError
   */
  send(request: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  /** The same for an answer that lasts, which has no second chance: its client tries again by itself. */
  openStream(request: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
}

interface ExchangeOptions {
  readonly instances: readonly Instance[];
  readonly budget: RetryBudget;
  readonly halfOpenAfterMilliseconds: number;
}

/** Spreads requests over the instances in turn, past those that are known to be down. */
export function createExchange({ instances, budget, halfOpenAfterMilliseconds }: ExchangeOptions): Exchange {
  let turn = 0;

  async function sendOnce(
    request: Dispatcher.RequestOptions,
    how: 'send' | 'openStream' = 'send',
  ): Promise<Dispatcher.ResponseData> {
    const first = turn++;
    for (let step = 0; step < instances.length; step++) {
      const instance = instances[(first + step) % instances.length];
      if (!instance?.takesRequests) continue;
      try {
        return await instance[how](request);
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
      }
    }
    throw new UnavailableError('A service is down; it is tried again shortly.', {
      retryAfterSeconds: Math.ceil(halfOpenAfterMilliseconds / MILLISECONDS_PER_SECOND),
    });
  }

  async function sendTwice(request: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
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
      return request.method === 'GET' ? sendTwice(request) : sendOnce(request);
    },
    openStream: (request) => sendOnce(request, 'openStream'),
  };
}
