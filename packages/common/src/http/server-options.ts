import type { FastifyBaseLogger } from 'fastify';
import { LogController } from 'fastify';
import { PostponedResponse } from './postponed-response.ts';
import { requestIdOf } from './request-context.ts';

const BODY_LIMIT_BYTES = 64 * 1_024;
const HEADER_LIMIT_BYTES = 16 * 1_024;
const MAX_PARAM_LENGTH = 128;
/** Time for a client to send its whole request. The three belong together: Node swaps in the larger of them. */
const REQUEST_TIMEOUT_MILLISECONDS = 10_000;
const HEADERS_TIMEOUT_MILLISECONDS = 10_000;
const CONNECTIONS_CHECKING_INTERVAL_MILLISECONDS = 1_000;
const KEEP_ALIVE_TIMEOUT_MILLISECONDS = 72_000;

/** What every HTTP server of the platform has in common, as options of Fastify: its limits above all. */
export const SERVER_OPTIONS = {
  bodyLimit: BODY_LIMIT_BYTES,
  requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MILLISECONDS,
  http: {
    headersTimeout: HEADERS_TIMEOUT_MILLISECONDS,
    connectionsCheckingInterval: CONNECTIONS_CHECKING_INTERVAL_MILLISECONDS,
    maxHeaderSize: HEADER_LIMIT_BYTES,
    ServerResponse: PostponedResponse,
  },
  routerOptions: { maxParamLength: MAX_PARAM_LENGTH, ignoreTrailingSlash: true },
  // We log a request once, when it is finished.
  logController: new LogController({ disableRequestLogging: true }),
  // No logger for each request: hardly one logs anything else, and who does names the request (`error-handler.ts`).
  childLoggerFactory: (logger: FastifyBaseLogger): FastifyBaseLogger => logger,
  requestIdHeader: false,
  genReqId: requestIdOf,
} as const;
