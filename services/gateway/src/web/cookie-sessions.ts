import { AuthenticationError, ForbiddenError } from '@cnop/exception/errors';
import { PROBLEM_CONTENT_TYPE } from '@cnop/exception/problem-details';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { z } from 'zod';
import type { GuardOptions } from '../guard.ts';
import { createGuard } from '../guard.ts';
import { COOKIE_MODE, distinguishSessionModes, forwardableHeaders } from '../public-routes.ts';
import type { PublicRoute } from '../route-table.ts';
import { API_PREFIX, ROUTE_TABLE } from '../route-table.ts';
import type { ServiceResponse, Upstreams } from '../upstreams/upstream.ts';
import type { PublicOriginOf } from './same-origin.ts';
import { createPublicOrigin, isSameOriginRequest } from './same-origin.ts';
import { clearTokenCookie, readTokenCookie, storeTokenCookie } from './session-cookie.ts';

interface CookieSessionsOptions extends GuardOptions {
  readonly upstreams: Upstreams;
  readonly trustedProxies: readonly string[];
  readonly isProduction: boolean;
}

type CallService = (request: FastifyRequest, body?: unknown) => Promise<ServiceResponse>;
type SetCookie = (request: FastifyRequest, reply: FastifyReply, token: string | undefined) => void;
/** Returns whether the browser uses TLS, so that it accepts a secure cookie. */
type IsSecure = (request: FastifyRequest) => boolean;
type MakeHandler = (callService: CallService, setCookie: SetCookie, isSecure: IsSecure) => RouteHandlerMethod;

const HANDLERS: Readonly<Record<string, MakeHandler>> = {
  '/auth/login': keepToken,
  '/auth/refresh': renew,
  '/auth/password': keepToken,
  '/auth/logout': logOut,
};

/**
 * Serves the session routes in a second form for browsers, which keeps the refresh token in a cookie that no script can
 * read. Services are unaware of it: they receive and return the token as in the first form.
 * @see docs/reference/sessions.md
 */
export async function serveCookieSessions(
  app: FastifyInstance,
  options: CookieSessionsOptions,
): Promise<void> {
  const publicOriginOf = createPublicOrigin(options.trustedProxies);
  const isSecure: IsSecure = (request) =>
    options.isProduction || publicOriginOf(request.raw).startsWith('https:');
  const setCookie = createSetCookie(isSecure);
  distinguishSessionModes(app);
  await app.register(
    (scope, _, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
      for (const route of ROUTE_TABLE) {
        const makeHandler = HANDLERS[route.path];
        if (!makeHandler) continue;
        scope.route({
          method: route.method,
          url: route.path,
          constraints: COOKIE_MODE,
          config: { access: route.access },
          onRequest: [createGuard(route, options), createSameOriginCheck(publicOriginOf)],
          handler: makeHandler(createServiceCall(route, options), setCookie, isSecure),
        });
      }
      done();
    },
    { prefix: API_PREFIX },
  );
}

/** Makes the handler of a route whose response has a refresh token: the token moves to the cookie. */
function keepToken(callService: CallService, setCookie: SetCookie): RouteHandlerMethod {
  return async (request, reply) => {
    const response = await callService(request);
    if (response.status !== 200) return forwardServiceResponse(request, reply, response);
    const { token, rest } = withoutRefreshToken(response);
    setCookie(request, reply, token);
    return reply.send(rest);
  };
}

/** Makes the handler that renews a session with the token of the cookie, and with no other. */
function renew(callService: CallService, setCookie: SetCookie, isSecure: IsSecure): RouteHandlerMethod {
  return async (request, reply) => {
    const known = readTokenCookie(request.headers.cookie, isSecure(request));
    if (known === undefined) {
      setCookie(request, reply, undefined);
      throw new AuthenticationError('There is no session in this browser.');
    }
    const response = await callService(request, { refresh_token: known });
    if (response.status === 401) setCookie(request, reply, undefined);
    if (response.status !== 200) return forwardServiceResponse(request, reply, response);
    const { token, rest } = withoutRefreshToken(response);
    setCookie(request, reply, token);
    return reply.send(rest);
  };
}

/** Makes the handler that signs out. It deletes the cookie even when the call to the service fails. */
function logOut(callService: CallService, setCookie: SetCookie): RouteHandlerMethod {
  return async (request, reply) => {
    setCookie(request, reply, undefined);
    return forwardServiceResponse(request, reply, await callService(request));
  };
}

function createSameOriginCheck(publicOriginOf: PublicOriginOf) {
  return (request: FastifyRequest, _reply: FastifyReply, proceed: (refusal?: Error) => void): void => {
    if (isSameOriginRequest(request.headers, publicOriginOf(request.raw))) return proceed();
    proceed(new ForbiddenError('Cookie sessions accept only same-origin requests.'));
  };
}

/** Over plain HTTP the cookie is not secure, since a browser would reject it. */
function createSetCookie(isSecure: IsSecure): SetCookie {
  return (request, reply, token) => {
    const secure = isSecure(request);
    const cookie = token === undefined ? clearTokenCookie(secure) : storeTokenCookie(token, secure);
    void reply.header('set-cookie', cookie);
  };
}

/** Makes the function that calls the service, with the given body or with that of the client. */
function createServiceCall(route: PublicRoute, { upstreams, originOf }: CookieSessionsOptions): CallService {
  const { method, path: url, timeout, upstream } = route;
  return (request, ownBody) => {
    const clientAddress = originOf(request.raw).address;
    const headers = forwardableHeaders(request.headers, { requestId: request.id, clientAddress });
    let body = Buffer.isBuffer(request.body) ? request.body : undefined;
    if (ownBody !== undefined) {
      headers['content-type'] = 'application/json';
      body = Buffer.from(JSON.stringify(ownBody));
    }
    return upstreams[upstream].call({ method, url, headers, body, clientAddress, timeout });
  };
}

/** The headers of a service that are forwarded; others describe the original body. */
const FORWARDED_HEADERS = ['retry-after', 'www-authenticate'] as const;

const tokensSchema = z.looseObject({ refresh_token: z.string() });
const problemSchema = z.looseObject({});

/**
 * Takes the refresh token out of a service's response.
 * @throws Error for a response without one
 */
function withoutRefreshToken({ body }: ServiceResponse): {
  readonly token: string;
  readonly rest: Readonly<Record<string, unknown>>;
} {
  const { refresh_token: token, ...rest } = tokensSchema.parse(JSON.parse(body));
  return { token, rest };
}

/** Forwards a service's response that holds no token. */
function forwardServiceResponse(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, headers, body }: ServiceResponse,
): FastifyReply {
  void reply.code(status);
  for (const name of FORWARDED_HEADERS) {
    const value = headers[name];
    if (value !== undefined) void reply.header(name, value);
  }
  const type = String(headers['content-type'] ?? '');
  if (!type.startsWith('application/problem+json')) return reply.type(type).send(Buffer.from(body));
  // The service knows only its own path.
  const instance = request.routeOptions.url;
  const problem = { ...problemSchema.parse(JSON.parse(body)), instance };
  return reply.type(PROBLEM_CONTENT_TYPE).serializer(JSON.stringify).send(problem);
}
