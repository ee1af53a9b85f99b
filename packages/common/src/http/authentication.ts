import { AuthenticationError, ForbiddenError } from '@cnop/exception/errors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bearerTokenOf } from '../auth/gateway-identity.ts';
import type { SessionChecker } from '../auth/session-state.ts';
import type { AccessIdentity, TokenVerifier } from '../auth/token-manager.ts';
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
