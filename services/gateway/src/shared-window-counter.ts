import type { Count, SharedCounter } from '@cnop/common/limits/shared-counter';
import { CounterAwayError } from '@cnop/common/limits/shared-counter';
import { UnavailableError } from '@cnop/exception/errors';
import type { WindowCounter } from './window-counter.ts';

/** Counts the requests of many clients against one limit, in this process or with a shared counter. */
export interface ClientCounter {
  take(client: string): Count | Promise<Count>;
  waitSeconds(client: string): number | Promise<number>;
}

export interface SharedWindowCounterOptions {
  readonly shared: SharedCounter;
  /** The namespace of these clients in the shared counter. */
  readonly name: string;
  readonly limit: number;
  /** Counts while the shared counter is down; without one all requests are refused then. */
  readonly fallback: WindowCounter | undefined;
}

/** Creates a counter that all gateways share. */
export function createSharedWindowCounter(options: SharedWindowCounterOptions): ClientCounter {
  const { shared, name, limit, fallback } = options;

  async function withFallback<T>(result: Promise<T>, substitute: (counter: WindowCounter) => T): Promise<T> {
    try {
      return await result;
    } catch (error) {
      if (!(error instanceof CounterAwayError)) throw error;
      if (!fallback) throw new UnavailableError('Requests cannot be counted right now.', { cause: error });
      return substitute(fallback);
    }
  }

  return {
    take: (client) =>
      withFallback(shared.take(`${name}:${client}`, limit), (counter) => counter.take(client)),
    waitSeconds: (client) =>
      withFallback(shared.waitSeconds(`${name}:${client}`, limit), (counter) => counter.waitSeconds(client)),
  };
}
