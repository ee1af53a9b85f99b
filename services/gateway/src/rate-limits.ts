import type { ServerResponse } from 'node:http';
import type { Clock } from '@cnop/common/core/clock';
import { RateLimitedError } from '@cnop/exception/errors';
import { createWindowCounter, WINDOW_SECONDS } from './window-counter.ts';

/** Cancelling lowers risk, so who may place n orders may cancel this many times n. */
const CANCELS_PER_ORDER = 5;
/** A stream is opened once and then lasts, so who may read n times may open one this often. */
const READS_PER_STREAM = 10;
/** Users, and addresses, that one policy can tell apart in a minute; about 400 bytes each. */
const MAX_TRACKED_CLIENTS = 100_000;

/** Requests per minute and client; 0 is no limit. */
export interface RateLimitSettings {
  readonly auth: number;
  readonly orders: number;
  readonly reads: number;
}

export type PolicyName = 'auth' | 'orders' | 'cancels' | 'reads' | 'streams';

/**
 * Whom a request is counted for: the user of a verified token, else the network it came from. They are counted
 * apart, so that a flood of addresses cannot crowd out users.
 */
export type RateLimitClient = { readonly user: string } | { readonly network: string };

/** One policy: its counters, and the headers that tell of them. */
export interface RateLimit {
  /**
   * Counts one request and sets `RateLimit-Policy` and `RateLimit` on its answer.
   * @throws RateLimitedError (429)
   */
  admit(client: RateLimitClient, response: ServerResponse): void;
  /** @throws RateLimitedError (429) when a request would be refused; counts nothing */
  assertNotExhausted(client: RateLimitClient, response: ServerResponse): void;
}

export type RateLimits = Readonly<Record<PolicyName, RateLimit>>;

export interface RateLimitsOptions {
  readonly settings: RateLimitSettings;
  readonly clock: Clock;
  readonly maxTrackedClients?: number;
}

/** Makes the limits of this process; each gateway process counts for itself. */
export function createRateLimits({
  settings,
  clock,
  maxTrackedClients = MAX_TRACKED_CLIENTS,
}: RateLimitsOptions): RateLimits {
  const create = (policy: PolicyName, limit: number): RateLimit =>
    limit === 0 ? UNLIMITED : createRateLimit({ policy, limit, clock, maxClients: maxTrackedClients });
  return {
    auth: create('auth', settings.auth),
    orders: create('orders', settings.orders),
    cancels: create('cancels', settings.orders * CANCELS_PER_ORDER),
    reads: create('reads', settings.reads),
    streams: create('streams', Math.ceil(settings.reads / READS_PER_STREAM)),
  };
}

const UNLIMITED: RateLimit = { admit: () => undefined, assertNotExhausted: () => undefined };

interface RateLimitOptions {
  readonly policy: PolicyName;
  readonly limit: number;
  readonly clock: Clock;
  readonly maxClients: number;
}

/** @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ for the two headers */
function createRateLimit({ policy, ...options }: RateLimitOptions): RateLimit {
  const users = createWindowCounter(options);
  const networks = createWindowCounter(options);
  const policyHeader = `"${policy}";q=${options.limit};w=${WINDOW_SECONDS}`;

  function refuse(waitSeconds: number, response: ServerResponse): never {
    response.setHeader('ratelimit-policy', policyHeader);
    response.setHeader('ratelimit', `"${policy}";r=0;t=${waitSeconds}`);
    throw new RateLimitedError(waitSeconds);
  }

  return {
    admit(client, response) {
      const count = 'user' in client ? users.take(client.user) : networks.take(client.network);
      if (!count.isAllowed) refuse(count.waitSeconds, response);
      response.setHeader('ratelimit-policy', policyHeader);
      response.setHeader('ratelimit', `"${policy}";r=${count.remaining};t=${WINDOW_SECONDS}`);
    },
    assertNotExhausted(client, response) {
      const waitSeconds =
        'user' in client ? users.waitSeconds(client.user) : networks.waitSeconds(client.network);
      if (waitSeconds > 0) refuse(waitSeconds, response);
    },
  };
}
