import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify';
import { LogController } from 'fastify';
import type { Span, TraceContext } from '../tracing/tracing.ts';
import { parseTraceparent } from '../tracing/tracing.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The span of the request, also of one that is not sampled. Absent while traces are off. */
    span?: Span | undefined;
  }
}

const BODY_LIMIT_BYTES = 64 * 1_024;
const HEADER_LIMIT_BYTES = 16 * 1_024;
const MAX_PARAM_LENGTH = 128;
/** Time for a client to send its whole request. Node uses the larger of the two timeouts, so keep them equal. */
const REQUEST_TIMEOUT_MILLISECONDS = 10_000;
const HEADERS_TIMEOUT_MILLISECONDS = 10_000;
const CONNECTIONS_CHECKING_INTERVAL_MILLISECONDS = 1_000;
const KEEP_ALIVE_TIMEOUT_MILLISECONDS = 72_000;

/** The Fastify options of every HTTP server of the platform: above all its limits. */
export const SERVER_OPTIONS = {
  bodyLimit: BODY_LIMIT_BYTES,
  requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MILLISECONDS,
  http: {
    headersTimeout: HEADERS_TIMEOUT_MILLISECONDS,
    connectionsCheckingInterval: CONNECTIONS_CHECKING_INTERVAL_MILLISECONDS,
    maxHeaderSize: HEADER_LIMIT_BYTES,
  },
  routerOptions: { maxParamLength: MAX_PARAM_LENGTH, ignoreTrailingSlash: true },
  // `logRequests` logs each request once, when it is finished.
  logController: new LogController({ disableRequestLogging: true }),
  // Requests share the logger of their app: few log anything, and those add the request id (`error-handler.ts`).
  childLoggerFactory: (logger: FastifyBaseLogger): FastifyBaseLogger => logger,
  requestIdHeader: false,
  genReqId: requestIdOf,
} as const;

export const REQUEST_ID_HEADER = 'x-request-id';
const REQUEST_ID_PATTERN = /^[\w.-]{1,64}$/;

/** Returns the request id of the client when it has 1 to 64 letters, digits, `_`, `.` or `-`, else a new UUID. */
function requestIdOf(request: IncomingMessage): string {
  const given = request.headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && REQUEST_ID_PATTERN.test(given) ? given : randomUUID();
}

/** Makes an app send the request id with every response, in `x-request-id`. */
export function echoRequestId(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header(REQUEST_ID_HEADER, request.id);
    done();
  });
}

/** Logs one line for each finished request of an app, without its body, query and headers. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    const trace = request.span ?? traceOfClient(request);
    app.log.info(
      {
        request_id: request.id,
        trace_id: trace?.traceId,
        span_id: trace?.spanId,
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request completed',
    );
    done();
  });
}

/** Returns the place of a request in the trace of its client, which is logged even while traces are off. */
function traceOfClient({ headers }: FastifyRequest): TraceContext | undefined {
  return headers['traceparent'] === undefined ? undefined : parseTraceparent(headers['traceparent']);
}

/** The time that requests in flight have after the process stops to listen. */
const DRAIN_DEADLINE_MILLISECONDS = 8_000;
const IDLE_SWEEP_INTERVAL_MILLISECONDS = 50;
/**
 * The time after a delay in which connections are still accepted and each response closes its own. A busy client leaves
 * in it, so that no request arrives on a connection at the moment of its end.
 */
const FAREWELL_MILLISECONDS = 500;

/** The shutdown state of this process, shared by all its apps. */
export interface Drain {
  /** The time between `announce` and `begin`, in which load balancers notice that the process is not ready. */
  readonly delaySeconds: number;
  /** True once a shutdown is announced: the process is not ready, and serves as before. */
  readonly isStopping: boolean;
  /** True once the drain has begun: each response closes its connection. */
  readonly isDraining: boolean;
  announce(): void;
  begin(): void;
  /**
   * Calls the listener when the drain begins, or at once if it has begun. Returns a function that removes the listener.
   */
  onBegin(listener: () => void): () => void;
}

/** Creates a drain that has not begun. */
export function createDrain({ delaySeconds = 0 }: { readonly delaySeconds?: number } = {}): Drain {
  const listeners = new Set<() => void>();
  let isStopping = false;
  let isDraining = false;
  return {
    delaySeconds,
    get isStopping() {
      return isStopping;
    },
    get isDraining() {
      return isDraining;
    },
    announce() {
      isStopping = true;
    },
    begin() {
      isStopping = true;
      isDraining = true;
      for (const listener of listeners) listener();
      listeners.clear();
    },
    onBegin(listener) {
      if (isDraining) listener();
      else listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Makes an app send `connection: close` with every response while it drains, so that clients reconnect elsewhere. */
export function closeConnectionsWhenDraining(app: FastifyInstance, drain: Drain): void {
  app.addHook('onRequest', (_request, reply, done) => {
    if (drain.isDraining) void reply.header('connection', 'close');
    done();
  });
}

/**
 * Stops a listening app without resetting a request in flight: each response closes its connection, then the app stops
 * accepting connections, answers accepted requests, closes sockets as they become idle, and cuts the rest after 8
 * seconds. Fastify's own close would wait for every idle keep-alive socket.
 * @see docs/adr/0045-not-ready-before-closed.md
 */
export async function drainAndClose(app: FastifyInstance, drain: Drain): Promise<void> {
  drain.begin();
  const { server } = app;
  if (drain.delaySeconds > 0 && server.listening) await wait(FAREWELL_MILLISECONDS);
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_INTERVAL_MILLISECONDS);
  const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_DEADLINE_MILLISECONDS);
  try {
    if (server.listening) {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    }
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(deadline);
  }
}
