import type { ServerResponse } from 'node:http';
import type { Clock } from '@cnop/common/core/clock';
import type { Count, SharedCounter } from '@cnop/common/limits/shared-counter';
import { WINDOW_SECONDS } from '@cnop/common/limits/shared-counter';
import { RateLimitedError } from '@cnop/exception/errors';
import type { ClientCounter, ClientOrigin } from './client-counters.ts';
import { createNetworkCounter, createSharedWindowCounter } from './client-counters.ts';
import { createWindowCounter } from './window-counter.ts';

/** Cancellations allowed for each order, since cancelling lowers risk. */
const CANCELS_PER_ORDER = 5;
/** Reads allowed for each opening of a stream, which is opened once and then lasts. */
const READS_PER_STREAM = 10;
/** Reads allowed for each report, which reads thousands of items instead of a page. */
const READS_PER_REPORT = 20;
/** Users, and networks, that one policy tracks in a minute; about 400 bytes each. */
const MAX_TRACKED_CLIENTS = 100_000;

/** Requests per minute and client; 0 switches a limit off. */
export interface RateLimitSettings {
  readonly auth: number;
  readonly orders: number;
  readonly reads: number;
}

export type PolicyName = 'auth' | 'orders' | 'cancels' | 'reads' | 'reports' | 'streams';

/**
 * The client that a request counts for: the user of a verified token, otherwise the network. They are counted separately, so
 * that a flood of addresses cannot displace users.
 */
export type RateLimitClient = { readonly user: string } | ClientOrigin;

/** One policy: its counters, and the response headers about them. */
export interface RateLimit {
  /**
   * Counts one request and sets the headers `RateLimit-Policy` and `RateLimit`, and `X-RateLimit-Limit`, `-Remaining` and
   * `-Reset` (seconds from now) for clients that read those. Returns a promise only with a shared counter.
   * @throws RateLimitedError (429) when the limit is reached
   * @throws UnavailableError (503) when the shared counter is down and the policy has no fallback
   */
  admit(client: RateLimitClient, response: ServerResponse): Promise<void> | undefined;
  /**
   * Checks the limit without counting.
   * @throws RateLimitedError (429) when a request would be refused
   */
  assertNotExhausted(client: RateLimitClient, response: ServerResponse): Promise<void> | undefined;
}

export type RateLimits = Readonly<Record<PolicyName, RateLimit>>;

interface RateLimitsOptions {
  readonly settings: RateLimitSettings;
  readonly clock: Clock;
  /** Counts requests of all gateways together; without one each process counts for itself. */
  readonly shared?: SharedCounter | undefined;
  readonly maxTrackedClients?: number;
}

/** Creates the rate limits of all policies. */
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

  function setHeaders(response: ServerResponse, remaining: number, resetSeconds: number): void {
    response.setHeader('ratelimit-policy', policyHeader);
    response.setHeader('ratelimit', `"${policy}";r=${remaining};t=${resetSeconds}`);
    response.setHeader('x-ratelimit-limit', limitText);
    response.setHeader('x-ratelimit-remaining', String(remaining));
    response.setHeader('x-ratelimit-reset', String(resetSeconds));
  }

  function refuse(waitSeconds: number, response: ServerResponse): never {
    setHeaders(response, 0, waitSeconds);
    throw new RateLimitedError(waitSeconds);
  }

  function apply(count: Count, response: ServerResponse): void {
    if (!count.isAllowed) refuse(count.waitSeconds, response);
    setHeaders(response, Math.min(count.remaining, limit), WINDOW_SECONDS);
  }

  return {
    admit(client, response) {
      const count = 'user' in client ? users.take(client.user) : networks.take(client);
      if (count instanceof Promise) return count.then((counted) => apply(counted, response));
      apply(count, response);
      return undefined;
    },
    assertNotExhausted(client, response) {
      const wait = 'user' in client ? users.waitSeconds(client.user) : networks.waitSeconds(client);
      const refuseIfExhausted = (waitSeconds: number): void => {
        if (waitSeconds > 0) refuse(waitSeconds, response);
      };
      if (wait instanceof Promise) return wait.then(refuseIfExhausted);
      refuseIfExhausted(wait);
      return undefined;
    },
  };
}

/**
 * Creates the counter of one policy and kind of client. While the shared counter is down each process counts for itself,
 * except under `auth`: many gateways together would allow many times as many guesses of passwords.
 */
function createCounter({ policy, limit, shared, ...own }: RateLimitOptions, kind: string): ClientCounter {
  const counter = createWindowCounter({ limit, ...own });
  if (!shared) return counter;
  const fallback = policy === 'auth' ? undefined : counter;
  return createSharedWindowCounter({ shared, name: `${policy}:${kind}`, limit, fallback });
}
