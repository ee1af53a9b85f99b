import type { FastifyInstance } from 'fastify';
import { isoTime } from '../core/brands.ts';
import type { Clock } from '../core/clock.ts';
import { MILLISECONDS_PER_SECOND } from '../core/clock.ts';
import type { Health } from '../entities/health.ts';
import { healthSchema } from '../entities/health.ts';

const CHECK_TIMEOUT_MILLISECONDS = 2_000;

/** A check of a dependency that the service cannot work without; rejects when the dependency is down. */
export type HealthCheck = () => Promise<void>;

/** The service to report on, and how to check it. */
export interface HealthOptions {
  readonly service: string;
  readonly version: string;
  readonly clock: Clock;
  readonly checks: Readonly<Record<string, HealthCheck>>;
  /** Returns true once the shutdown has begun; the instance then takes no new traffic. */
  readonly isDraining: () => boolean;
}

/**
 * Serves `/health/live` (200 while the process answers), and `/health` and `/health/ready` (200 while all checks pass,
 * else 503). Each check may take 2 seconds.
 */
export function serveHealth(app: FastifyInstance, options: HealthOptions): void {
  const startedAt = options.clock.now().getTime();
  const access = { access: 'public' } as const;
  const schema = { tags: ['health'], response: { 200: healthSchema, 503: healthSchema } };

  const inspect = async (): Promise<Health> => {
    const now = options.clock.now();
    const names = Object.keys(options.checks);
    const results = await Promise.all(
      Object.values(options.checks).map((check) => answersInTime(check, app)),
    );
    const isUp = results.every(Boolean);
    return {
      status: options.isDraining() ? 'draining' : isUp ? 'healthy' : 'unhealthy',
      service: options.service,
      version: options.version,
      uptime: (now.getTime() - startedAt) / MILLISECONDS_PER_SECOND,
      timestamp: isoTime(now),
      checks: Object.fromEntries(
        names.map((name, i) => [name, results[i] ? ('up' as const) : ('down' as const)]),
      ),
    };
  };

  for (const path of ['/health', '/health/ready']) {
    app.get(path, { config: access, schema }, async (_request, reply) => {
      const health = await inspect();
      return reply.code(health.status === 'healthy' ? 200 : 503).send(health);
    });
  }
  app.get('/health/live', { config: access, schema }, () => ({
    status: 'healthy' as const,
    service: options.service,
    version: options.version,
    uptime: (options.clock.now().getTime() - startedAt) / MILLISECONDS_PER_SECOND,
    timestamp: isoTime(options.clock.now()),
    checks: {},
  }));
}

async function answersInTime(check: HealthCheck, app: FastifyInstance): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('timed out')), CHECK_TIMEOUT_MILLISECONDS);
  });
  try {
    await Promise.race([check(), timeout]);
    return true;
  } catch (error) {
    app.log.warn({ err: error }, 'a dependency is down');
    return false;
  } finally {
    clearTimeout(timer);
  }
}
