import { bearerTokenOf } from '@cnop/common/auth/gateway-identity';
import type { AccessIdentity, TokenVerifier } from '@cnop/common/auth/token-manager';
import type { Access } from '@cnop/common/http/authentication';
import { ForbiddenError, RateLimitedError } from '@cnop/exception/errors';
import { toProblemError } from '@cnop/exception/http/error-handler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ClientOriginOf } from './client-origin.ts';
import type { PolicyName, RateLimitClient, RateLimits } from './rate-limits.ts';
import { whenChecked } from './when-checked.ts';

export interface GuardOptions {
  readonly verifier: TokenVerifier;
  readonly limits: RateLimits;
  readonly originOf: ClientOriginOf;
}

export interface GuardedRoute {
  readonly access: Access;
  readonly policy: PolicyName;
}

export type Guard = (
  request: FastifyRequest,
  reply: FastifyReply,
  proceed: (refusal?: Error) => void,
) => void;

/**
 * Makes the check in front of a route: token, rate limit, role, in this order and before the body is read. Whether
 * the session still lives only a service can say.
 *
 * A request counts for the user of its token. Without a verified one it counts for the network it came from, under
 * the policy of the route it wanted, so 401s are limited like any other answer.
 */
export function createGuard(route: GuardedRoute, options: GuardOptions): Guard {
  return route.access === 'public' ? guardPublic(route, options) : guardPrivate(route, options);
}

function guardPrivate({ access, policy }: GuardedRoute, { verifier, limits, originOf }: GuardOptions): Guard {
  const limit = limits[policy];

  function assertRole(identity: AccessIdentity): void {
    if (access !== 'user' && !access.includes(identity.role)) throw new ForbiddenError();
  }

  function admit(identity: AccessIdentity, reply: FastifyReply): Promise<void> | undefined {
    const counting = limit.admit({ user: identity.username }, reply.raw);
    if (counting) return counting.then(() => assertRole(identity));
    assertRole(identity);
    return undefined;
  }

  return (request, reply, proceed) => {
    /** A refused stranger counts as well, for the network that it came from. */
    const refuse = (error: unknown): void => {
      if (error instanceof RateLimitedError) return proceed(error);
      whenChecked(
        () => limit.admit(originOf(request.raw), reply.raw),
        (refusal) => proceed(refusal ?? toProblemError(error)),
      );
    };
    let token: string;
    let known: AccessIdentity | undefined;
    try {
      token = bearerTokenOf(request.raw.rawHeaders);
      known = verifier.verifyCached(token);
    } catch (error) {
      return refuse(error);
    }
    // Most tokens were checked before: nothing to wait for.
    if (known) return whenChecked(() => admit(known, reply), proceed);
    // Checking a signature is the dearest thing that a stranger can make us do.
    whenChecked(
      () => limit.assertNotExhausted(originOf(request.raw), reply.raw),
      (refusal) => {
        if (refusal) return refuse(refusal);
        verifier.verify(token).then((identity) => whenChecked(() => admit(identity, reply), proceed), refuse);
      },
    );
  };
}

function guardPublic({ policy }: GuardedRoute, { verifier, limits, originOf }: GuardOptions): Guard {
  const limit = limits[policy];
  // Who guesses at passwords must not get a fresh allowance with each account of his own.
  const knowsUsers = policy !== 'auth';

  return (request, reply, proceed) => {
    const identity = knowsUsers ? knownIdentity(request, verifier) : undefined;
    const client: RateLimitClient = identity ? { user: identity.username } : originOf(request.raw);
    whenChecked(() => limit.admit(client, reply.raw), proceed);
  };
}

/** Of a token that was verified before: a public route gives nobody a reason to have a new one checked. */
function knownIdentity(request: FastifyRequest, verifier: TokenVerifier): AccessIdentity | undefined {
  if (request.headers.authorization === undefined) return undefined;
  try {
    return verifier.verifyCached(bearerTokenOf(request.raw.rawHeaders));
  } catch {
    return undefined;
  }
}
