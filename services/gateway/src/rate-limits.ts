import type { ServerResponse } from 'node:http';
import type { Clock } from '@cnop/common/core/clock';
import type { Count, SharedCounter } from '@cnop/common/limits/shared-counter';
import { WINDOW_SECONDS } from '@cnop/common/limits/shared-counter';
import { RateLimitedError } from '@cnop/exception/errors';
import type { ClientOrigin } from './client-origin.ts';
import { createNetworkCounter } from './network-counter.ts';
import type { ClientCounter } from './shared-window-counter.ts';
import { createSharedWindowCounter } from './shared-window-counter.ts';
import { createWindowCounter } from './window-counter.ts';

/** Cancelling lowers risk, so who may place n orders may cancel this many times n. */
const CANCELS_PER_ORDER = 5;
/** A stream is opened once and then lasts, so who may read n times may open one this often. */
const READS_PER_STREAM = 10;
/** A report looks at thousands of items where a read looks at a page, so who may read n times may ask for one this often. */
const READS_PER_REPORT = 20;
/** Users, and addresses, that one policy can tell apart in a minute; about 400 bytes each. */
const MAX_TRACKED_CLIENTS = 100_000;

/** Requests per minute and client; 0 is no limit. */
export interface RateLimitSettings {
  readonly auth: number;
  readonly orders: number;
  readonly reads: number;
}

export type PolicyName = 'auth' | 'orders' | 'cancels' | 'reads' | 'reports' | 'streams';

/**
 * Whom a request is counted for: the user of a verified token, else the network it came from. They are counted
 * apart, so that a flood of addresses cannot crowd out users.
 */
export type RateLimitClient = { readonly user: string } | ClientOrigin;

/** One policy: its counters, and the headers that tell of them. */
export interface RateLimit {
  /**
   * Counts one request and says on its answer what is left: `RateLimit-Policy` and `RateLimit`, and the same again in
   * `X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds from now) for clients that read those. There is a promise only where somebody
   * else counts.
   * @throws RateLimitedError (429), UnavailableError (503) when nobody counts
   */
  admit(client: RateLimitClient, response: ServerResponse): Promise<void> | undefined;
  /** @throws RateLimitedError (429) when a request would be refused; counts nothing */
  assertNotExhausted(client: RateLimitClient, response: ServerResponse): Promise<void> | undefined;
}

export type RateLimits = Readonly<Record<PolicyName, RateLimit>>;

export interface RateLimitsOptions {
  readonly settings: RateLimitSettings;
  readonly clock: Clock;
  /** Counts for all gateways together; without one each process counts for itself. */
  readonly shared?: SharedCounter | undefined;
  readonly maxTrackedClients?: number;
}

/** Makes the limits of every policy. */
export function createRateLimits({
  settings,
  clock,
  shared,
  maxTrackedClients = MAX_TRACKED_CLIENTS,
}: RateLimitsOptions): RateLimits {
  const create = (policy: PolicyName, limit: number): RateLimit =>
    limit === 0
      ? UNLIMITED
      : createRateLimit({ policy, limit, clock, shared, maxClients: maxTrackedClients });
  return {
    auth: create('auth', settings.auth),
    orders: create('orders', settings.orders),
    cancels: create('cancels', settings.orders * CANCELS_PER_ORDER),
    reads: create('reads', settings.reads),
    reports: create('reports', Math.ceil(settings.reads / READS_PER_REPORT)),
    streams: create('streams', Math.ceil(settings.reads / READS_PER_STREAM)),
  };
}

const UNLIMITED: RateLimit = { admit: () => undefined, assertNotExhausted: () => undefined };

interface RateLimitOptions {
  readonly policy: PolicyName;
  readonly limit: number;
  readonly clock: Clock;
  readonly shared: SharedCounter | undefined;
  readonly maxClients: number;
}

/** @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ for the two headers */
function createRateLimit(options: RateLimitOptions): RateLimit {
  const { policy, limit } = options;
  const users = createCounter(options, 'user');
  const networks = createNetworkCounter((width, allowance) =>
    createCounter({ ...options, limit: limit * allowance }, `network${width}`),
  );
  const limitText = String(limit);
  const policyHeader = `"${policy}";q=${limit};w=${WINDOW_SECONDS}`;

  function tell(response: ServerResponse, remaining: number, resetSeconds: number): void {
    response.setHeader('ratelimit-policy', policyHeader);
    response.setHeader('ratelimit', `"${policy}";r=${remaining};t=${resetSeconds}`);
    response.setHeader('x-ratelimit-limit', limitText);
    response.setHeader('x-ratelimit-remaining', String(remaining));
    response.setHeader('x-ratelimit-reset', String(resetSeconds));
  }

  function refuse(waitSeconds: number, response: ServerResponse): never {
    tell(response, 0, waitSeconds);
    throw new RateLimitedError(waitSeconds);
  }

  function judge(count: Count, response: ServerResponse): void {
    if (!count.isAllowed) refuse(count.waitSeconds, response);
    tell(response, Math.min(count.remaining, limit), WINDOW_SECONDS);
  }

  return {
    admit(client, response) {
      const count = 'user' in client ? users.take(client.user) : networks.take(client);
      if (count instanceof Promise) return count.then((counted) => judge(counted, response));
      judge(count, response);
      return undefined;
    },
    assertNotExhausted(client, response) {
      const wait = 'user' in client ? users.waitSeconds(client.user) : networks.waitSeconds(client);
      const judgeWait = (waitSeconds: number): void => {
        if (waitSeconds > 0) refuse(waitSeconds, response);
      };
      if (wait instanceof Promise) return wait.then(judgeWait);
      judgeWait(wait);
      return undefined;
    },
  };
}

/**
 * While the shared counter is away each process counts for itself, so that everything goes on. Only guessing at passwords
 * does not: over many gateways that would be many times as many guesses.
 */
function createCounter({ policy, limit, shared, ...own }: RateLimitOptions, kind: string): ClientCounter {
  const counter = createWindowCounter({ limit, ...own });
  if (!shared) return counter;
  const meanwhile = policy === 'auth' ? undefined : counter;
  return createSharedWindowCounter({ shared, name: `${policy}:${kind}`, limit, meanwhile });
}
