import type { Count, SharedCounter } from '@cnop/common/limits/shared-counter';
import { CounterAwayError } from '@cnop/common/limits/shared-counter';
import { UnavailableError } from '@cnop/exception/errors';
import type { WindowCounter } from './window-counter.ts';

/** Counts requests of many clients against one limit, at once or by asking somebody. */
export interface ClientCounter {
  take(client: string): Count | Promise<Count>;
  waitSeconds(client: string): number | Promise<number>;
}

export interface SharedWindowCounterOptions {
  readonly shared: SharedCounter;
  /** Keeps these clients apart from others that are counted together with them. */
  readonly name: string;
  readonly limit: number;
  /** Counts while the shared one is away; without one nobody is let in then. */
  readonly meanwhile: WindowCounter | undefined;
}

/** Makes a counter that all gateways share. */
export function createSharedWindowCounter(options: SharedWindowCounterOptions): ClientCounter {
  const { shared, name, limit, meanwhile } = options;

  async function ask<T>(answer: Promise<T>, substitute: (counter: WindowCounter) => T): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof CounterAwayError)) throw error;
      if (!meanwhile) throw new UnavailableError('Requests cannot be counted right now.', { cause: error });
      return substitute(meanwhile);
    }
  }

  return {
    take: (client) => ask(shared.take(`${name}:${client}`, limit), (counter) => counter.take(client)),
    waitSeconds: (client) =>
      ask(shared.waitSeconds(`${name}:${client}`, limit), (counter) => counter.waitSeconds(client)),
  };
}
