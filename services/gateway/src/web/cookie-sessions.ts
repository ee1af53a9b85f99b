import { forwardableHeaders } from '@cnop/common/auth/gateway-identity';
import { AuthenticationError, ForbiddenError } from '@cnop/exception/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { GuardOptions } from '../guard.ts';
import { createGuard } from '../guard.ts';
import type { PublicRoute } from '../route-table.ts';
import { API_PREFIX, ROUTE_TABLE } from '../route-table.ts';
import type { ServiceAnswer, Upstreams } from '../upstream.ts';
import { isFromOwnPage } from './own-page.ts';
import type { PublicOriginOf } from './public-origin.ts';
import { createPublicOrigin } from './public-origin.ts';
import { passAnswer, withoutRefreshToken } from './session-answer.ts';
import { forgetRefreshToken, keepRefreshToken, refreshTokenOf } from './session-cookie.ts';
import { COOKIE_MODE, distinguishSessionModes } from './session-mode.ts';

export interface CookieSessionsOptions extends GuardOptions {
  readonly upstreams: Upstreams;
  readonly trustedProxies: readonly string[];
  readonly isProduction: boolean;
}

type CallService = (request: FastifyRequest, body?: unknown) => Promise<ServiceAnswer>;
type SetCookie = (request: FastifyRequest, reply: FastifyReply, token: string | undefined) => void;
/** Whether the browser speaks TLS with whatever stands in front, so that it keeps a secure cookie. */
type IsSecure = (request: FastifyRequest) => boolean;
type MakeHandler = (callService: CallService, setCookie: SetCookie, isSecure: IsSecure) => RouteHandlerMethod;

const HANDLERS: Readonly<Record<string, MakeHandler>> = {
  '/auth/login': keepToken,
  '/auth/refresh': renew,
  '/auth/password': keepToken,
  '/auth/logout': logOut,
};

/**
 * The routes of sessions once more, for browsers that ask to keep the refresh token in a cookie, where no script can
 * read it. The services know nothing of it: they get and give the token as always.
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
          onRequest: [createGuard(route, options), createPageCheck(publicOriginOf)],
          handler: makeHandler(createServiceCall(route, options), setCookie, isSecure),
        });
      }
      done();
    },
    { prefix: API_PREFIX },
  );
}

/** A route whose answer has a refresh token, which is kept in the cookie. */
function keepToken(callService: CallService, setCookie: SetCookie): RouteHandlerMethod {
  return async (request, reply) => {
    const answer = await callService(request);
    if (answer.status !== 200) return passAnswer(request, reply, answer);
    const { token, rest } = withoutRefreshToken(answer);
    setCookie(request, reply, token);
    return reply.send(rest);
  };
}

/** The token comes from the cookie and from nowhere else. */
function renew(callService: CallService, setCookie: SetCookie, isSecure: IsSecure): RouteHandlerMethod {
  return async (request, reply) => {
    const known = refreshTokenOf(request.headers.cookie, isSecure(request));
    if (known === undefined) {
      setCookie(request, reply, undefined);
      throw new AuthenticationError('There is no session in this browser.');
    }
    const answer = await callService(request, { refresh_token: known });
    if (answer.status === 401) setCookie(request, reply, undefined);
    if (answer.status !== 200) return passAnswer(request, reply, answer);
    const { token, rest } = withoutRefreshToken(answer);
    setCookie(request, reply, token);
    return reply.send(rest);
  };
}

/** Who wants to leave this browser has left it, whatever becomes of the call. */
function logOut(callService: CallService, setCookie: SetCookie): RouteHandlerMethod {
  return async (request, reply) => {
    setCookie(request, reply, undefined);
    return passAnswer(request, reply, await callService(request));
  };
}

function createPageCheck(publicOriginOf: PublicOriginOf) {
  return (request: FastifyRequest, _reply: FastifyReply, proceed: (refusal?: Error) => void): void => {
    if (isFromOwnPage(request.headers, publicOriginOf(request.raw))) return proceed();
    proceed(new ForbiddenError('Only a page of this very origin may keep its session in a cookie.'));
  };
}

/** Over plain HTTP a browser would throw a secure cookie away, and the app could not be tried on a laptop. */
function createSetCookie(isSecure: IsSecure): SetCookie {
  return (request, reply, token) => {
    const secure = isSecure(request);
    const cookie = token === undefined ? forgetRefreshToken(secure) : keepRefreshToken(token, secure);
    void reply.header('set-cookie', cookie);
  };
}

/** Makes the call to the service: with a body of our own, or with the client's as it came. */
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
