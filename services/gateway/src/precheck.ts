import type { ServerResponse } from 'node:http';
import type { Drain } from '@cnop/common/http/http-server';
import { REQUEST_ID_HEADER } from '@cnop/common/http/http-server';
import { assertPlainRequest } from '@cnop/common/http/validation';
import { UnreadableRequestError } from '@cnop/exception/errors';
import fastifyCors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Guard, GuardOptions } from './guard.ts';
import { runCheck } from './guard.ts';

const TWO_YEARS_SECONDS = 63_072_000;

/**
 * The headers of every response, unless its route sets others. A response is data for one caller: not a page, not framed, not
 * cached. The list is constant and short, since each header costs on every response and helmet's others mean nothing for
 * JSON.
 */
const SECURITY_HEADERS: readonly (readonly [string, string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['cache-control', 'no-store'],
];

/** HSTS, only in production behind TLS: elsewhere it would lock a browser out for two years. */
const PRODUCTION_HEADERS: readonly (readonly [string, string])[] = [
  ['strict-transport-security', `max-age=${TWO_YEARS_SECONDS}; includeSubDomains`],
];

/** Path and query. Longer URLs are refused before routing. */
export const MAX_URL_LENGTH = 2_048;

interface PrecheckOptions extends Pick<GuardOptions, 'limits' | 'originOf'> {
  readonly isProduction: boolean;
  readonly drain: Drain;
}

/**
 * Makes the first step of every request, for known and unknown routes: it sets the headers of the response, and refuses a
 * request whose form is not accepted. The headers are set on the raw response, where they outlive `reply.hijack()`.
 */
export function createPrecheck({ isProduction, drain, limits, originOf }: PrecheckOptions): Guard {
  const headers = isProduction ? [...SECURITY_HEADERS, ...PRODUCTION_HEADERS] : SECURITY_HEADERS;

  function check(request: FastifyRequest, response: ServerResponse): Promise<void> | undefined {
    for (const [name, value] of headers) response.setHeader(name, value);
    response.setHeader(REQUEST_ID_HEADER, request.id);
    if (drain.isDraining) response.setHeader('connection', 'close');
    if ((request.raw.url ?? '').length > MAX_URL_LENGTH) {
      throw new UnreadableRequestError(`The URL is longer than ${MAX_URL_LENGTH} characters.`, {
        status: 414,
      });
    }
    assertPlainRequest(request.raw);
    // A request for an unknown route counts as a read.
    return request.is404 ? limits.reads.admit(originOf(request.raw), response) : undefined;
  }

  return (request, reply, proceed) => runCheck(() => check(request, reply.raw), proceed);
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const ALLOWED_HEADERS = ['Authorization', 'Content-Type', 'Idempotency-Key', 'Last-Event-ID', 'X-Request-ID'];
const EXPOSED_HEADERS = [
  'Allow',
  'Content-Disposition',
  'RateLimit-Policy',
  'RateLimit',
  'Retry-After',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-Request-ID',
  'Idempotency-Replayed',
  'Location',
  'WWW-Authenticate',
];
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/**
 * Allows web apps of the given origins to call the API. Without origins CORS is off and a preflight is an unknown route. A
 * preflight has no token and reaches no service, so no rate limit counts it.
 */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await app.register(fastifyCors, {
    origin: [...origins],
    methods: METHODS,
    allowedHeaders: ALLOWED_HEADERS,
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_MAX_AGE_SECONDS,
    strictPreflight: false,
  });
  // The plugin sets headers on Fastify's reply, but a service in the same process writes to the raw response.
  app.addHook('onRequest', (_request, reply, done) => {
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    done();
  });
}
