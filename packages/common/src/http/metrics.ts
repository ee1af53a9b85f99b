import type {} from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Figure } from '../core/figures.ts';
import { allFigures } from '../core/figures.ts';
import type { TableStore } from '../database/table-store.ts';
import { SERVER_OPTIONS } from './http-server.ts';

type WatchedStore = Pick<TableStore, 'disk' | 'sweepFailures'>;

const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Measures every request by route, and serves `/metrics` in the Prometheus text format. */
export function serveMetrics(app: FastifyInstance, service: string, store?: WatchedStore): void {
  serveRegistry(app, recordRequests(app, service), store);
}

/**
 * Measures a public app, and returns a separate app that serves its `/metrics` on another port.
 * @param record adds further metrics to the registry
 */
export function buildMetricsApp(
  measured: FastifyInstance,
  service: string,
  { store, record }: { readonly store?: WatchedStore; readonly record?: (registry: Registry) => void } = {},
): FastifyInstance {
  const app = Fastify({ ...SERVER_OPTIONS, logger: false });
  const registry = recordRequests(measured, service);
  record?.(registry);
  serveRegistry(app, registry, store);
  return app;
}

/** Measures the duration of every request of an app by route. */
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

/** Reports the disk and the failed sweeps of an embedded store. */
function recordStore(registry: Registry, { disk, sweepFailures }: WatchedStore): void {
  const registers = [registry];
  if (sweepFailures) {
    new Counter({
      name: 'cnop_store_sweep_failures_total',
      help: 'Failed attempts of the store to delete expired items.',
      registers,
      collect() {
        this.reset();
        this.inc(sweepFailures());
      },
    });
  }
  if (!disk) return;
  new Gauge({
    name: 'cnop_store_disk_free_bytes',
    help: 'Free space on the disk of the store.',
    registers,
    collect() {
      this.set(disk().freeBytes);
    },
  });
  new Gauge({
    name: 'cnop_store_takes_writes',
    help: '1 while the store accepts writes, 0 while it refuses them because the disk is nearly full.',
    registers,
    collect() {
      this.set(disk().isFull ? 0 : 1);
    },
  });
}

function serveRegistry(app: FastifyInstance, registry: Registry, store?: WatchedStore): void {
  if (store) recordStore(registry, store);
  app.get('/metrics', { config: { access: 'public' }, schema: { hide: true } }, async (_request, reply) => {
    for (const figure of allFigures()) if (!registry.getSingleMetric(figure.name)) record(registry, figure);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

/** Reports a figure of the process. */
function record(registry: Registry, { kind, name, help, labelNames, samples }: Figure): void {
  const definition = { name, help, labelNames, registers: [registry] };
  if (kind === 'gauge') {
    new Gauge({
      ...definition,
      collect() {
        for (const { labels, value } of samples()) this.set(labels, value);
      },
    });
    return;
  }
  new Counter({
    ...definition,
    collect() {
      this.reset();
      for (const { labels, value } of samples()) this.inc(labels, value);
    },
  });
}
