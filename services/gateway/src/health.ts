import type { Clock } from '@cnop/common/core/clock';
import { createCachedValue } from '@cnop/common/core/clock';
import type { HealthCheck } from '@cnop/common/http/health';
import { serveHealth } from '@cnop/common/http/health';
import type { Drain } from '@cnop/common/http/http-server';
import type { FastifyInstance } from 'fastify';
import type { Upstreams } from './upstreams/upstream.ts';
import { UPSTREAM_NAMES } from './upstreams/upstream.ts';

/** The gateway asks each service for readiness at most once in this time. */
const READINESS_MAX_AGE_MILLISECONDS = 1_000;

interface HealthOptions {
  readonly version: string;
  readonly clock: Clock;
  readonly drain: Drain;
  readonly upstreams: Upstreams;
}

/**
 * Serves the health of the gateway, which is ready when all services are. No rate limit counts these routes, so that a probe
 * is never refused.
 */
export function serveGatewayHealth(
  app: FastifyInstance,
  { upstreams, drain, ...options }: HealthOptions,
): void {
  const checks: Record<string, HealthCheck> = {};
  for (const name of UPSTREAM_NAMES) {
    const check = () => upstreams[name].checkReady();
    checks[`${name}-service`] = createCachedValue({
      read: check,
      maxAgeMilliseconds: READINESS_MAX_AGE_MILLISECONDS,
      clock: options.clock,
    }).get;
  }
  serveHealth(app, {
    ...options,
    service: 'gateway',
    checks,
    isDraining: () => drain.isDraining,
  });
}
