import type {} from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { SERVER_OPTIONS } from './server-options.ts';

const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts and times every request by route, and serves `/metrics` in the Prometheus text format. */
export function serveMetrics(app: FastifyInstance, service: string): void {
  serveRegistry(app, recordRequests(app, service));
}

/** The same for an app that is open to the world: `/metrics` is in another app, for another port. */
export function buildMetricsApp(measured: FastifyInstance, service: string): FastifyInstance {
  const app = Fastify({ ...SERVER_OPTIONS, logger: false });
  serveRegistry(app, recordRequests(measured, service));
  return app;
}

/** Counts and times every request of an app by route. */
function recordRequests(app: FastifyInstance, service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: DURATION_BUCKETS_SECONDS,
    registers: [registry],
  });
  app.addHook('onResponse', (request, reply, done) => {
    duration.observe(
      { method: request.method, route: request.routeOptions.url ?? 'unknown', status: reply.statusCode },
      reply.elapsedTime / 1_000,
    );
    done();
  });
  return registry;
}

function serveRegistry(app: FastifyInstance, registry: Registry): void {
  app.get('/metrics', { config: { access: 'public' }, schema: { hide: true } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
