import type { Count } from '@cnop/common/limits/shared-counter';
import type { ClientOrigin } from './client-origin.ts';
import type { ClientCounter } from './shared-window-counter.ts';

/** Requests that a /56 and a /48 of IPv6 may send for each one that a /64 may: providers give customers one or the other. */
const WIDER_NETWORKS = [
  { name: '/56', allowance: 4 },
  { name: '/48', allowance: 16 },
] as const;

/** Counts requests of networks, and of the networks around them. */
export interface NetworkCounter {
  take(origin: ClientOrigin): Count | Promise<Count>;
  waitSeconds(origin: ClientOrigin): number | Promise<number>;
}

/**
 * Creates a counter that counts an IPv4 address once, and an IPv6 address for its /64, /56 and /48, each against a limit
 * of its own. An exhausted wide network is refused before its narrow ones are counted, so no customer of a provider can
 * fill the memory for narrow ones.
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

  /** Goes on from narrow to wide while requests are allowed; the least that remains is what remains. */
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

/** Goes on at once where there is nothing to wait for. */
function andThen<A, B>(value: A | Promise<A>, goOn: (value: A) => B | Promise<B>): B | Promise<B> {
  return value instanceof Promise ? value.then(goOn) : goOn(value);
}
