import { AuthenticationError, ForbiddenError } from '@cnop/exception/errors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bearerTokenOf } from '../auth/gateway-identity.ts';
import type { SessionChecker } from '../auth/session-state.ts';
import type { AccessIdentity, TokenVerifier } from '../auth/token-manager.ts';
import type { UserRole } from '../entities/user/user.ts';

/** Who may call a route: everybody, every signed-in user, or users of some roles. */
export type Access = 'public' | 'user' | readonly UserRole[];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A route that does not say is for signed-in users: forgetting it cannot open a door. */
    access?: Access;
  }
  interface FastifyRequest {
    identity: AccessIdentity | null;
  }
}

export interface AuthenticationOptions {
  readonly verifier: TokenVerifier;
  readonly sessions: SessionChecker;
}

/** Checks the access token of every route that is not public, before the body is read. */
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

  /** Of a token and a session that were checked a moment ago: most requests need not wait for anything. */
  function identifyAtOnce(token: string): AccessIdentity | undefined {
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
      const known = identifyAtOnce(token);
      if (known) admit(known);
      else identify(token).then(admit, done);
    } catch (error) {
      done(error as Error);
    }
  });
}

/**
 * The signed-in user of a request.
 * @throws AuthenticationError on a public route that was called without a token
 */
export function identityOf(request: FastifyRequest): AccessIdentity {
  if (!request.identity) throw new AuthenticationError();
  return request.identity;
}
