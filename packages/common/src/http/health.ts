import { ProblemError } from '@cnop/exception/problem-error';
import type { FastifyInstance } from 'fastify';
import { isoTime } from '../core/brands.ts';
import type { Clock } from '../core/clock.ts';
import { MILLISECONDS_PER_SECOND } from '../core/clock.ts';
import { DiskFullError } from '../database/store-errors.ts';
import type { TableStore } from '../database/table-store.ts';
import { takesWrites } from '../database/table-store.ts';
import type { Health } from '../entities/health.ts';
import { healthSchema } from '../entities/health.ts';

const CHECK_TIMEOUT_MILLISECONDS = 2_000;

/**
 * A check of a part of the platform; rejects when the part is down. The message of a `ProblemError` is shown as the
 * reason.
 */
export type HealthCheck = () => Promise<void>;

/** Checks by the name of the part that they check. */
export type HealthChecks = Readonly<Record<string, HealthCheck>>;

/** The service to report on, and how to check it. */
export interface HealthOptions {
  readonly service: string;
  readonly version: string;
  readonly clock: Clock;
  /** The parts that the service cannot work without; it is ready while all are up. */
  readonly checks: HealthChecks;
  /** The parts without which the service still works in part; only `/health` shows them. */
  readonly details?: HealthChecks;
  /** Returns the states of the instances of other services; only `/health` shows them. */
  readonly instances?: () => Health['instances'];
  /** Returns true once the shutdown is announced; the instance then takes no new traffic. */
  readonly isStopping: () => boolean;
}

/**
 * Serves three routes. `/health/live` answers 200 while the process answers. `/health/ready` answers 200 while all checks
 * pass and the process is not stopping, else 503. `/health` answers as `/health/ready` and shows the details. Each check
 * may take 2 seconds.
 */
export function serveHealth(app: FastifyInstance, options: HealthOptions): void {
  const { service, version, clock, checks, details } = options;
  const startedAt = clock.now().getTime();
  const access = { access: 'public' } as const;
  const schema = { tags: ['health'], response: { 200: healthSchema, 503: healthSchema } };
  const describe = (): Pick<Health, 'service' | 'version' | 'uptime' | 'timestamp'> => {
    const now = clock.now();
    const uptime = (now.getTime() - startedAt) / MILLISECONDS_PER_SECOND;
    return { service, version, uptime, timestamp: isoTime(now) };
  };

  const inspect = async (shown: HealthChecks | undefined): Promise<Health> => {
    const [needed, optional] = await Promise.all([runChecks(checks, app), shown && runChecks(shown, app)]);
    const isReady = needed.isUp && !options.isStopping();
    const isWhole = isReady && optional?.isUp !== false;
    const reasons = { ...needed.reasons, ...optional?.reasons };
    return {
      status: options.isStopping() ? 'draining' : isWhole ? 'healthy' : isReady ? 'degraded' : 'unhealthy',
      ...describe(),
      checks: needed.states,
      ...(optional && { details: optional.states, instances: options.instances?.() }),
      ...(Object.keys(reasons).length > 0 && { reasons }),
    };
  };

  for (const [path, shown] of [
    ['/health', details],
    ['/health/ready', undefined],
  ] as const) {
    app.get(path, { config: access, schema }, async (_request, reply) => {
      const health = await inspect(shown);
      return reply.code(health.status === 'healthy' || health.status === 'degraded' ? 200 : 503).send(health);
    });
  }
  app.get('/health/live', { config: access, schema }, () => ({
    status: 'healthy' as const,
    ...describe(),
    checks: {},
  }));
}

interface CheckResults {
  readonly isUp: boolean;
  readonly states: Health['checks'];
  /** The reasons of the parts that are down, as far as they are known. */
  readonly reasons: Readonly<Record<string, string>>;
}

async function runChecks(checks: HealthChecks, app: FastifyInstance): Promise<CheckResults> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await failureOf(check)] as const),
  );
  const failed = results.flatMap(([name, error]) => (error === undefined ? [] : [{ name, error }]));
  for (const { name, error } of failed) app.log.warn({ err: error, part: name }, 'a dependency is down');
  return {
    isUp: failed.length === 0,
    states: Object.fromEntries(results.map(([name, error]) => [name, error === undefined ? 'up' : 'down'])),
    reasons: Object.fromEntries(
      failed.flatMap(({ name, error }) => (error instanceof ProblemError ? [[name, error.message]] : [])),
    ),
  };
}

/** Runs a check and returns its error, or undefined when it passed in time. */
async function failureOf(check: HealthCheck): Promise<Error | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('timed out')), CHECK_TIMEOUT_MILLISECONDS);
  });
  try {
    await Promise.race([check(), timeout]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the readiness checks of a store: it answers, and its disk has space for writes. */
export function storeChecks(store: TableStore): HealthChecks {
  if (!store.disk) return { store: () => store.ping() };
  return {
    store: () => store.ping(),
    disk: async () => {
      if (!takesWrites(store)) throw new DiskFullError();
    },
  };
}

/**
 * Returns the check of the Redis server behind a message bus or a counter, if there is one. Everything works without it,
 * only later.
 */
export function serverChecks(user: { ping?(): Promise<void> } | undefined): HealthChecks {
  const ping = user?.ping?.bind(user);
  return ping ? { redis: ping } : {};
}
