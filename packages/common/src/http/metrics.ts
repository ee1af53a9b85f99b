import type {} from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { MILLISECONDS_PER_SECOND } from '../core/clock.ts';
import type { Figure } from '../core/figures.ts';
import { allFigures } from '../core/figures.ts';
import type { CommitTotals, TableStore } from '../database/table-store.ts';
import { SERVER_OPTIONS } from './http-server.ts';

type WatchedStore = Pick<TableStore, 'disk' | 'sweepFailures' | 'commits'>;

const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Measures every request by route, and serves `/metrics` in the Prometheus text format. */
export function serveMetrics(app: FastifyInstance, service: string, store?: WatchedStore): void {
  serveRegistry(app, recordRequests(app, { service }), store);
}

/**
 * Measures a public app, and returns a separate app that serves its `/metrics` on another port.
 * @param record adds further metrics to the registry
 */
export function buildMetricsApp(
  measured: FastifyInstance,
  service: string,
  {
    store,
    record,
    worker,
  }: {
    readonly store?: WatchedStore;
    readonly record?: (registry: Registry) => void;
    /** The number of this process among workers, for the label `worker`. */
    readonly worker?: number | undefined;
  } = {},
): FastifyInstance {
  const app = Fastify({ ...SERVER_OPTIONS, logger: false });
  const registry = recordRequests(measured, { service, ...(worker !== undefined && { worker }) });
  record?.(registry);
  serveRegistry(app, registry, store);
  return app;
}

/** Measures the duration of every request of an app by route. */
function recordRequests(app: FastifyInstance, labels: object): Registry {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
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
function recordStore(registry: Registry, { disk, sweepFailures, commits }: WatchedStore): void {
  const registers = [registry];
  if (commits) recordCommits(registry, commits);
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

/** Reports the commits of an embedded store. */
function recordCommits(registry: Registry, commits: () => CommitTotals): void {
  const registers = [registry];
  const counters = [
    ['cnop_store_commits_total', 'Commits of the embedded store.', 'commits', 1],
    [
      'cnop_store_commit_transactions_total',
      'Transactions in the commits of the embedded store.',
      'transactions',
      1,
    ],
    [
      'cnop_store_commit_seconds_total',
      'Time of the commits of the embedded store, from their first transaction until they are on disk.',
      'milliseconds',
      MILLISECONDS_PER_SECOND,
    ],
  ] as const;
  for (const [name, help, total, divisor] of counters) {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(commits()[total] / divisor);
      },
    });
  }
  new Gauge({
    name: 'cnop_store_waiting_transactions',
    help: 'Transactions that wait for a commit of the embedded store.',
    registers,
    collect() {
      this.set(commits().waiting);
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
function record(registry: Registry, figure: Figure): void {
  const { name, help, labelNames } = figure;
  const definition = { name, help, labelNames, registers: [registry] };
  if (figure.kind === 'histogram') {
    registry.registerMetric(new FigureHistogram(figure));
    return;
  }
  const { samples } = figure;
  if (figure.kind === 'gauge') {
    new Gauge({
      ...definition,
      collect() {
        this.reset();
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

type HistogramFigure = Extract<Figure, { readonly kind: 'histogram' }>;

/** A histogram whose buckets are counted elsewhere. */
class FigureHistogram extends Histogram {
  readonly #figure: HistogramFigure;
  readonly #empty: Histogram;

  constructor(figure: HistogramFigure) {
    const { name, help, labelNames, bounds } = figure;
    const configuration = { name, help, labelNames, buckets: [...bounds], registers: [] };
    super(configuration);
    this.#figure = figure;
    this.#empty = new Histogram(configuration);
  }

  /** Replaces the method with which the client library reads a histogram, in both of its formats. */
  async getForPromString(): ReturnType<Histogram['get']> {
    return { ...(await this.#empty.get()), values: valuesOf(this.#figure) };
  }
}

function valuesOf({ name, bounds, samples }: HistogramFigure) {
  return [...samples()].flatMap(({ labels, counts, sum }) => {
    let count = 0;
    const buckets = counts.map((inBucket, i) => {
      count += inBucket;
      return { metricName: `${name}_bucket`, labels: { ...labels, le: bounds[i] ?? '+Inf' }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  });
}
