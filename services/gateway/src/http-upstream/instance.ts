import { UpstreamError } from '@cnop/exception/errors';
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import type { Dispatcher } from 'undici';
import { Pool } from 'undici';
import { toUpstreamFailure } from './upstream-failures.ts';

const MAX_CONNECTIONS = 128;
const CONNECT_TIMEOUT_MILLISECONDS = 1_000;
/** Shorter than that of the services, so that we never write to a connection they are about to close. */
const KEEP_ALIVE_MILLISECONDS = 30_000;
const FAILURES_TO_OPEN = 5;
const GATEWAY_FAILURES = new Set([502, 503, 504]);

/** One running process of a service. */
export interface Instance {
  /** False while its breaker is open, or half-open with the probe on its way. */
  readonly takesRequests: boolean;
  /**
   * Sends a request and resolves when the answer begins.
   * @throws BrokenCircuitError, UpstreamError, ClientGoneError
   */
  send(request: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  /** The same on a connection of its own, for an answer that lasts: it takes no connection from requests. */
  openStream(request: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  /** The same as `send`, past the breaker, for questions about the instance itself. */
  ask(request: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

/**
 * @param halfOpenAfterMilliseconds how long the breaker stays open before one request may probe the instance
 */
export function createInstance(origin: URL, halfOpenAfterMilliseconds: number): Instance {
  const connection = {
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    connect: { timeout: CONNECT_TIMEOUT_MILLISECONDS },
  };
  const pool = new Pool(origin, { ...connection, connections: MAX_CONNECTIONS });
  // How many streams there may be is for the service to say.
  const streams = new Pool(origin, { ...connection, connections: null });
  const breaker = circuitBreaker(handleWhen(isOutage).orWhenResult(isGatewayFailure), {
    halfOpenAfter: halfOpenAfterMilliseconds,
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
  });
  const askOn = async (
    dispatcher: Dispatcher,
    request: Dispatcher.RequestOptions,
  ): Promise<Dispatcher.ResponseData> => {
    try {
      return await dispatcher.request(request);
    } catch (error) {
      throw toUpstreamFailure(error);
    }
  };

  return {
    get takesRequests() {
      return breaker.state !== CircuitState.HalfOpen;
    },
    send: (request) => breaker.execute(() => askOn(pool, request)),
    openStream: (request) => breaker.execute(() => askOn(streams, request)),
    ask: (request) => askOn(pool, request),
    close: async () => {
      // Streams have no end to wait for.
      await Promise.all([pool.close(), streams.destroy()]);
    },
  };
}

function isOutage(error: unknown): boolean {
  return error instanceof UpstreamError;
}

/**
 * A problem document comes from a service that works and says so itself, such as "busy"; anything else with these
 * statuses comes from something in front of it.
 */
function isGatewayFailure(result: unknown): boolean {
  const { statusCode, headers } = result as Dispatcher.ResponseData;
  return GATEWAY_FAILURES.has(statusCode) && !isProblem(headers);
}

export function isProblem(headers: Dispatcher.ResponseData['headers']): boolean {
  return String(headers['content-type'] ?? '').startsWith('application/problem+json');
}
