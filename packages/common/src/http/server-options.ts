import type { FastifyBaseLogger } from 'fastify';
import { LogController } from 'fastify';
import { requestIdOf } from './request-context.ts';

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
