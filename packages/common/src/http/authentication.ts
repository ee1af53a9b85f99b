import { AuthenticationError, ForbiddenError, NotSignedInError } from '@cnop/exception/errors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestOrigin } from '../auth/client-address.ts';
import type { ClientAddressOf } from '../auth/gateway-hop.ts';
import type { SessionChecker } from '../auth/session-state.ts';
import type { AccessIdentity } from '../auth/token-claims.ts';
import { invalidToken } from '../auth/token-claims.ts';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import type { UserRole } from '../entities/user/user.ts';

/** The callers that a route accepts: all clients, signed-in users, or users with one of the given roles. */
export type Access = 'public' | 'user' | readonly UserRole[];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Defaults to `user`, so that a route without it is never public by mistake. */
    access?: Access;
  }
  interface FastifyRequest {
    identity: AccessIdentity | null;
  }
}

/** The checks of the token and the session of a request. */
export interface AuthenticationOptions {
  readonly verifier: TokenVerifier;
  readonly sessions: SessionChecker;
}

/**
 * Makes an app check the access token and the session of each request to a route that is not public, before the body is
 * read. Such a request fails with `AuthenticationError` (401), or with `ForbiddenError` (403) when the role is not
 * enough.
 * @see docs/reference/sessions.md
 */
export function requireAuthentication(
  app: FastifyInstance,
  { verifier, sessions }: AuthenticationOptions,
): void {
  app.decorateRequest('identity', null);

  async function identify(token: string): Promise<AccessIdentity> {
    const identity = await verifier.verify(token);
    await sessions.assertLive(identity);
    return identity;
  }

  /** Returns the identity when token and session are both cached, so that most requests are handled synchronously. */
  function identifyCached(token: string): AccessIdentity | undefined {
    const identity = verifier.verifyCached(token);
    return identity && sessions.isKnownLive(identity) ? identity : undefined;
  }

  app.addHook('onRequest', (request, _reply, done) => {
    const access = request.is404 ? 'public' : (request.routeOptions.config.access ?? 'user');
    if (access === 'public') return done();
    const admit = (identity: AccessIdentity): void => {
      if (access !== 'user' && !access.includes(identity.role)) return done(new ForbiddenError());
      request.identity = identity;
      done();
    };
    try {
      const token = bearerTokenOf(request.raw.rawHeaders);
      const cached = identifyCached(token);
      if (cached) admit(cached);
      else identify(token).then(admit, done);
    } catch (error) {
      done(error as Error);
    }
  });
}

/**
 * Returns the signed-in user of a request.
 * @throws AuthenticationError (401) on a public route that was called without a token
 */
export function identityOf(request: FastifyRequest): AccessIdentity {
  if (!request.identity) throw new AuthenticationError();
  return request.identity;
}

/**
 * The headers of a request: `rawHeaders`, `headersDistinct` or `headers` of Node. Only `rawHeaders` also exists under
 * `inject`. `headers` hides a second Authorization header.
 */
export type RequestHeaders =
  | readonly string[]
  | Readonly<Record<string, string | readonly string[] | undefined>>;

const AUTHORIZATION = 'authorization';
const BEARER_SCHEME = 'bearer ';

/**
 * Returns the Bearer token of a request. No other header identifies the caller.
 * @throws NotSignedInError (401) without an Authorization header
 * @throws AuthenticationError (401) unless there is exactly one, with the scheme Bearer (in any case), one space and a
 * token
 */
export function bearerTokenOf(headers: RequestHeaders): string {
  const value = onlyAuthorization(headers);
  if (value === undefined) throw new NotSignedInError();
  if (value.slice(0, BEARER_SCHEME.length).toLowerCase() !== BEARER_SCHEME) throw invalidToken();
  const token = value.slice(BEARER_SCHEME.length);
  // Refuses a second space, a second token and joined headers. Three searches cost less than a pattern; the verifier
  // refuses all other invalid characters.
  if (token === '' || token.includes(' ') || token.includes('\t') || token.includes(','))
    throw invalidToken();
  return token;
}

/** @throws AuthenticationError (401) for more than one header */
function onlyAuthorization(headers: RequestHeaders): string | undefined {
  if (isRaw(headers)) return onlyRawAuthorization(headers);
  const value = headers[AUTHORIZATION];
  if (typeof value === 'string' || value === undefined) return value;
  if (value.length > 1) throw invalidToken();
  return value[0];
}

/** @param headers names and values in turn, as in `rawHeaders` */
function onlyRawAuthorization(headers: readonly string[]): string | undefined {
  let found: string | undefined;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (name.length !== AUTHORIZATION.length || name.toLowerCase() !== AUTHORIZATION) continue;
    if (found !== undefined) throw invalidToken();
    found = headers[index + 1];
  }
  return found;
}

function isRaw(headers: RequestHeaders): headers is readonly string[] {
  return Array.isArray(headers);
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The address that a request came from; never what the client claims. */
    readonly clientAddress: string;
  }
}

/** Gives each request of an app its `clientAddress`. It is read on demand, since few routes need it. */
export function readClientAddresses(app: FastifyInstance, clientAddressOf: ClientAddressOf): void {
  app.decorateRequest('clientAddress', {
    getter() {
      return clientAddressOf(this.raw);
    },
  });
}

/** Returns where a request came from. */
export function originOf(request: FastifyRequest): RequestOrigin {
  return {
    address: request.clientAddress,
    userAgent: request.headers['user-agent'],
    requestId: request.id,
  };
}
