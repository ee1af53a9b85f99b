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
  /** Absent at the gateway, which has no store: every service checks for itself. */
  readonly sessions?: SessionChecker;
}

/** Checks the access token of every route that is not public, before the body is read. */
export function requireAuthentication(
  app: FastifyInstance,
  { verifier, sessions }: AuthenticationOptions,
): void {
  app.decorateRequest('identity', null);
  app.addHook('onRequest', async (request) => {
    if (request.is404) return;
    const access = request.routeOptions.config.access ?? 'user';
    if (access === 'public') return;
    const token = bearerTokenOf(request.raw.rawHeaders);
    const identity = verifier.verifyCached(token) ?? (await verifier.verify(token));
    await sessions?.assertLive(identity);
    if (access !== 'user' && !access.includes(identity.role)) throw new ForbiddenError();
    request.identity = identity;
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
