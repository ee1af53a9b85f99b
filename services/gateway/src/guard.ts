import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import {
  clientAddressOf,
  createTrustedProxies,
  networkOf,
  widerNetworksOf,
} from '@cnop/common/auth/client-address';
import type { AccessIdentity } from '@cnop/common/auth/token-claims';
import type { TokenVerifier } from '@cnop/common/auth/token-verifier';
import type { Access } from '@cnop/common/http/authentication';
import { bearerTokenOf } from '@cnop/common/http/authentication';
import { ForbiddenError, RateLimitedError } from '@cnop/exception/errors';
import { toProblemError } from '@cnop/exception/http/error-handler';
import type { ProblemError } from '@cnop/exception/problem-error';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ClientOrigin } from './limits/client-counters.ts';
import type { PolicyName, RateLimitClient, RateLimits } from './limits/rate-limits.ts';

export type ClientOriginOf = (request: IncomingMessage) => ClientOrigin;

export interface GuardOptions {
  readonly verifier: TokenVerifier;
  readonly limits: RateLimits;
  readonly originOf: ClientOriginOf;
}

interface GuardedRoute {
  readonly access: Access;
  readonly policy: PolicyName;
}

/** A check of a request that calls `proceed` when it is done, with the refusal if there is one. */
export type Guard = (
  request: FastifyRequest,
  reply: FastifyReply,
  proceed: (refusal?: Error) => void,
) => void;

/**
 * Makes the check in front of a route: token, rate limit and role, in this order and before the body is read. Services
 * check that the session is live, since the gateway has no store.
 *
 * A request counts for the user of its token. Without a verified token it counts for the client's network, under the
 * policy of the route, so responses with 401 are limited as well.
 * @see docs/reference/http.md
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
    /** Refuses a request without a valid token, after counting it for its network. */
    const refuse = (error: unknown): void => {
      if (error instanceof RateLimitedError) return proceed(error);
      runCheck(
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
    // Most tokens are cached, so most requests need no promise.
    if (known) return runCheck(() => admit(known, reply), proceed);
    // Verifying a signature is the most expensive work that an anonymous client can cause.
    runCheck(
      () => limit.assertNotExhausted(originOf(request.raw), reply.raw),
      (refusal) => {
        if (refusal) return refuse(refusal);
        verifier.verify(token).then((identity) => runCheck(() => admit(identity, reply), proceed), refuse);
      },
    );
  };
}

function guardPublic({ policy }: GuardedRoute, { verifier, limits, originOf }: GuardOptions): Guard {
  const limit = limits[policy];
  // An attacker who guesses passwords must not get a new allowance with each own account.
  const knowsUsers = policy !== 'auth';

  return (request, reply, proceed) => {
    const identity = knowsUsers ? knownIdentity(request, verifier) : undefined;
    const client: RateLimitClient = identity ? { user: identity.username } : originOf(request.raw);
    runCheck(() => limit.admit(client, reply.raw), proceed);
  };
}

/** Returns the identity of a cached token; a public route verifies no new one. */
function knownIdentity(request: FastifyRequest, verifier: TokenVerifier): AccessIdentity | undefined {
  if (request.headers.authorization === undefined) return undefined;
  try {
    return verifier.verifyCached(bearerTokenOf(request.raw.rawHeaders));
  } catch {
    return undefined;
  }
}

/** A check that refuses by throwing or rejecting, and returns undefined when it is done at once. */
type Check = () => Promise<void> | undefined;

/**
 * Runs a check, then calls `proceed`, with the refusal if there is one. It does so synchronously when the check does: a
 * promise for every request would cost more than the check.
 */
export function runCheck(check: Check, proceed: (refusal?: ProblemError) => void): void {
  let pending: Promise<void> | undefined;
  try {
    pending = check();
  } catch (error) {
    proceed(toProblemError(error));
    return;
  }
  if (!pending) {
    proceed();
    return;
  }
  pending.then(
    () => proceed(),
    (error: unknown) => proceed(toProblemError(error)),
  );
}

/**
 * Makes the function that returns the origin of a request: the peer of the connection, or the client that a trusted proxy
 * reports. Without a proxy the origin of a connection never changes, so it is computed once.
 * @param trustedProxies addresses and networks
 * @throws Error for an entry that is neither an address nor a network
 */
export function createClientOrigin(trustedProxies: readonly string[]): ClientOriginOf {
  const trusted = createTrustedProxies(trustedProxies);
  const byConnection = new WeakMap<Socket, ClientOrigin>();

  return ({ socket, headers }) => {
    const known = byConnection.get(socket);
    if (known) return known;
    const peer = clientAddressOf(socket.remoteAddress, undefined, trusted);
    if (trusted.has(peer)) return originOf(clientAddressOf(peer, headers['x-forwarded-for'], trusted));
    const origin = originOf(peer);
    byConnection.set(socket, origin);
    return origin;
  };
}

function originOf(address: string): ClientOrigin {
  return { address, network: networkOf(address), wider: widerNetworksOf(address) };
}
