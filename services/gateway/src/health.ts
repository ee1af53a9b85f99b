import type { TokenVerifier } from '@cnop/common/auth/token-verifier';
import type { Clock } from '@cnop/common/core/clock';
import { createCachedValue } from '@cnop/common/core/clock';
import type { Health } from '@cnop/common/entities/health';
import type { HealthCheck, HealthChecks } from '@cnop/common/http/health';
import { serveHealth, serverChecks } from '@cnop/common/http/health';
import type { Drain } from '@cnop/common/http/http-server';
import type { SharedCounter } from '@cnop/common/limits/shared-counter';
import type { FastifyInstance } from 'fastify';
import type { Upstreams } from './upstreams/upstream.ts';
import { UPSTREAM_NAMES } from './upstreams/upstream.ts';

/** The gateway asks each service for readiness at most once in this time. */
const READINESS_MAX_AGE_MILLISECONDS = 1_000;

interface HealthOptions {
  readonly version: string;
  readonly clock: Clock;
  readonly drain: Drain;
  readonly verifier: TokenVerifier;
  readonly upstreams: Upstreams;
  readonly sharedCounter?: SharedCounter | undefined;
  /** The other parts of the process, which it cannot work without. */
  readonly checks?: HealthChecks | undefined;
}

/**
 * Serves the health of the gateway. Its readiness concerns this process alone: a gateway serves what still works, so a
 * service that is down shows in the details of `/health`. No rate limit counts these routes, so that a probe is never
 * refused.
 */
export function serveGatewayHealth(
  app: FastifyInstance,
  { verifier, upstreams, drain, sharedCounter, checks, ...options }: HealthOptions,
): void {
  const details: Record<string, HealthCheck> = { ...serverChecks(sharedCounter) };
  for (const name of UPSTREAM_NAMES) {
    const check = () => upstreams[name].checkReady();
    details[`${name}-service`] = createCachedValue({
      read: check,
      maxAgeMilliseconds: READINESS_MAX_AGE_MILLISECONDS,
      clock: options.clock,
    }).get;
  }
  serveHealth(app, {
    ...options,
    service: 'gateway',
    checks: { token_keys: () => verifier.ready(), ...checks },
    details,
    instances: () => instanceStates(upstreams),
    isStopping: () => drain.isStopping,
  });
}

/** Returns the states without addresses, since every client may read them. */
function instanceStates(upstreams: Upstreams): Health['instances'] {
  const entries = UPSTREAM_NAMES.flatMap((name) => {
    const report = upstreams[name].report();
    return report ? [[`${name}-service`, report.instances.map(({ state }) => state)] as const] : [];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
