import { UpstreamError } from '@cnop/exception/errors';
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import type { Dispatcher } from 'undici';
import { Pool } from 'undici';
import { toUpstreamFailure } from './upstream-failures.ts';

const MAX_CONNECTIONS = 128;
const CONNECT_TIMEOUT_MILLISECONDS = 1_000;
/** Shorter than that of the services, so that no request is sent on a connection they are closing. */
const KEEP_ALIVE_MILLISECONDS = 30_000;
const FAILURES_TO_OPEN = 5;
const GATEWAY_FAILURES = new Set([502, 503, 504]);

/** One running process of a service. */
export interface Instance {
  /** False while the circuit breaker is half-open and its probe is running. An open one rejects with BrokenCircuitError. */
  readonly takesRequests: boolean;
  /**
   * Sends a request and resolves when the response starts.
   * @throws BrokenCircuitError while the circuit breaker is open
   * @throws UpstreamError (502 or 504) when the instance does not respond
   * @throws ClientGoneError when the client disconnects
   */
  send(request: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  /** Like `send`, on a connection of its own, so that streams take no connections from requests. */
  openStream(request: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  /** Like `send`, past the circuit breaker, for health checks and the OpenAPI document. */
  sendUnguarded(request: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

/**
 * Creates the connections and the circuit breaker of one instance.
 * @param halfOpenAfterMilliseconds how long the circuit breaker stays open before one request probes the instance
 */
export function createInstance(origin: URL, halfOpenAfterMilliseconds: number): Instance {
  const connection = {
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    connect: { timeout: CONNECT_TIMEOUT_MILLISECONDS },
  };
  const pool = new Pool(origin, { ...connection, connections: MAX_CONNECTIONS });
  // The service limits the number of streams.
  const streams = new Pool(origin, { ...connection, connections: null });
  const breaker = circuitBreaker(handleWhen(isOutage).orWhenResult(isGatewayFailure), {
    halfOpenAfter: halfOpenAfterMilliseconds,
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
  });
  const sendOn = async (
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
    send: (request) => breaker.execute(() => sendOn(pool, request)),
    openStream: (request) => breaker.execute(() => sendOn(streams, request)),
    sendUnguarded: (request) => sendOn(pool, request),
    close: async () => {
      // Streams do not end by themselves.
      await Promise.all([pool.close(), streams.destroy()]);
    },
  };
}

function isOutage(error: unknown): boolean {
  return error instanceof UpstreamError;
}

/**
 * Returns whether a response is a failure of the instance. A problem document comes from a working service, such as "busy";
 * any other response with these statuses comes from a proxy in front of it.
 */
function isGatewayFailure(result: unknown): boolean {
  const { statusCode, headers } = result as Dispatcher.ResponseData;
  return GATEWAY_FAILURES.has(statusCode) && !isProblem(headers);
}

export function isProblem(headers: Dispatcher.ResponseData['headers']): boolean {
  return String(headers['content-type'] ?? '').startsWith('application/problem+json');
}
