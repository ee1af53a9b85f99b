import type { Count, SharedCounter } from '@cnop/common/limits/shared-counter';
import { CounterAwayError } from '@cnop/common/limits/shared-counter';
import { UnavailableError } from '@cnop/exception/errors';
import type { WindowCounter } from './window-counter.ts';

/** The address that a request came from, and its networks. */
export interface ClientOrigin {
  readonly address: string;
  /** The narrowest network that rate limits count. */
  readonly network: string;
  /** The wider networks that rate limits count as well, narrowest first; none for IPv4. */
  readonly wider: readonly string[];
}

/** The limits of an IPv6 /56 and /48 as multiples of that of a /64, since providers assign either to one customer. */
const WIDER_NETWORKS = [
  { name: '/56', allowance: 4 },
  { name: '/48', allowance: 16 },
] as const;

/** Counts the requests of networks, and of the wider networks around them. */
interface NetworkCounter {
  take(origin: ClientOrigin): Count | Promise<Count>;
  waitSeconds(origin: ClientOrigin): number | Promise<number>;
}

/**
 * Creates a counter that counts an IPv4 address once, and an IPv6 address for its /64, /56 and /48, each against its own
 * limit. An exhausted wide network is refused before its narrow networks are counted, so that one customer of a provider
 * cannot fill the memory with narrow networks.
 * @param create makes the counter of one width, whose limit is `allowance` times that of an address
 */
export function createNetworkCounter(
  create: (width: string, allowance: number) => ClientCounter,
): NetworkCounter {
  const narrow = create('', 1);
  const wider = WIDER_NETWORKS.map(({ name, allowance }) => create(name, allowance));

  function longestWait(networks: readonly string[], from = 0): number | Promise<number> {
    const counter = wider[from];
    const network = networks[from];
    if (!counter || network === undefined) return 0;
    return andThen(counter.waitSeconds(network), (wait) =>
      andThen(longestWait(networks, from + 1), (rest) => Math.max(wait, rest)),
    );
  }

  /** Counts for wider and wider networks while the request is allowed; returns the count with the least remaining. */
  function takeWider(networks: readonly string[], taken: Count, from = 0): Count | Promise<Count> {
    const counter = wider[from];
    const network = networks[from];
    if (!counter || network === undefined || !taken.isAllowed) return taken;
    return andThen(counter.take(network), (count) => {
      const least = count.isAllowed && count.remaining > taken.remaining ? taken : count;
      return takeWider(networks, least, from + 1);
    });
  }

  return {
    take(origin) {
      if (origin.wider.length === 0) return narrow.take(origin.network);
      return andThen(longestWait(origin.wider), (waitSeconds) => {
        if (waitSeconds > 0) return { isAllowed: false, remaining: 0, waitSeconds };
        return andThen(narrow.take(origin.network), (count) => takeWider(origin.wider, count));
      });
    },
    waitSeconds(origin) {
      if (origin.wider.length === 0) return narrow.waitSeconds(origin.network);
      return andThen(narrow.waitSeconds(origin.network), (wait) =>
        andThen(longestWait(origin.wider), (wide) => Math.max(wait, wide)),
      );
    },
  };
}

/** Continues at once for a plain value and later for a promise. */
function andThen<A, B>(value: A | Promise<A>, goOn: (value: A) => B | Promise<B>): B | Promise<B> {
  return value instanceof Promise ? value.then(goOn) : goOn(value);
}

/** Counts the requests of many clients against one limit, in this process or with a shared counter. */
export interface ClientCounter {
  take(client: string): Count | Promise<Count>;
  waitSeconds(client: string): number | Promise<number>;
}

interface SharedWindowCounterOptions {
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
