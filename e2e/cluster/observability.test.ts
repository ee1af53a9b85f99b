import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sample } from '@cnop/standalone/cluster/read-metrics';
import { parseMetrics } from '@cnop/standalone/cluster/read-metrics';
import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { startRedisServer, whyNoRedis } from '@cnop/testing/redis-server';
import { createApi, expectStatus, signIn, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { openEventStream } from '@cnop/testing/system/event-stream';
import { freePort } from '@cnop/testing/system/free-port';
import { PROJECT_ROOT } from '@cnop/testing/system/node-process';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import { parser } from '@prometheus-io/lezer-promql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { startOneProcess, startOverDynamoDb } from '../support/platform.ts';

const OBSERVABILITY = path.join(PROJECT_ROOT, 'deploy/observability');
const RUNBOOKS = path.join(PROJECT_ROOT, 'docs/operating/runbooks');

const alertsSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.object({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.object({ summary: z.string(), runbook_url: z.string() }),
        }),
      ),
    }),
  ),
});
const dashboardSchema = z.object({
  title: z.string(),
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
});

/** The labels that Prometheus adds, and those of each process and worker. */
const GENERAL_LABELS = ['instance', 'job', 'service', 'worker', 'le'];
/** The catalogue has 55 assets, and the gateway 60 routes. */
const MAX_LABEL_VALUES = 100;
const WORKERS = 2;
/** Made by Prometheus for each target. */
const OWN_METRIC = 'up';

async function readAlerts() {
  const text = await readFile(path.join(OBSERVABILITY, 'alerts.yaml'), 'utf8');
  return alertsSchema.parse(parse(text)).groups.flatMap(({ rules }) => rules);
}

async function readDashboards() {
  const folder = path.join(OBSERVABILITY, 'dashboards');
  const files = await readdir(folder);
  return Promise.all(
    files.map(async (file) =>
      dashboardSchema.parse(JSON.parse(await readFile(path.join(folder, file), 'utf8'))),
    ),
  );
}

/** Returns the metrics and labels that an expression names, and whether it is PromQL. */
function namesIn(expression: string) {
  const text = expression.replaceAll('$__rate_interval', '5m');
  const metrics = new Set<string>();
  const labels = new Set<string>();
  let isValid = true;
  parser.parse(text).iterate({
    enter({ type, from, to, node }) {
      if (type.isError) isValid = false;
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector')
        metrics.add(text.slice(from, to));
      if (type.name === 'LabelName') labels.add(text.slice(from, to));
    },
  });
  return { metrics, labels, isValid };
}

/** Reads the table of docs/reference/metrics.md: the type and the labels of each metric. */
async function readReference() {
  const text = await readFile(path.join(PROJECT_ROOT, 'docs/reference/metrics.md'), 'utf8');
  const rows = text.matchAll(/^\| `(\w+)`\s+\| (\w+)\s+\| ([^|]+?)\s+\| \S/gm);
  return new Map(
    Array.from(rows, ([, name = '', type = '', labels = '']) => [
      name,
      { type, labels: Array.from(labels.matchAll(/`(\w+)`/g), ([, label = '']) => label) },
    ]),
  );
}

/** Returns the metric of a sample; a histogram has three kinds of samples. */
const metricOf = (name: string) => name.replace(/_(?:bucket|sum|count)$/, '');

const cleanup = createCleanup();
const reason = whyNoDynamoDb() ?? whyNoRedis();

describe.skipIf(reason)(`the metrics of running processes${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let types: Map<string, string>;
  let samples: Sample[];

  /** Starts workers over one store and a cluster, trades on both, and reads all pages of metrics. */
  beforeAll(async () => {
    const [onePort, gatewayPort] = [await freePort(), await freePort()];
    const redis = await startRedisServer();
    cleanup.defer(() => redis.stop());
    const one = await startOneProcess(cleanup, { METRICS_PORT: `${onePort}`, WORKERS: `${WORKERS}` });
    const many = await startOverDynamoDb(cleanup, {
      env: { REDIS_URL: redis.url.href },
      gatewayEnv: { METRICS_PORT: `${gatewayPort}` },
    });
    await trade(one.url);
    await trade(many.url);
    const services = many.cluster.processes.filter(({ role }) => role !== 'gateway');
    const origins = [
      `http://127.0.0.1:${onePort}`,
      `http://127.0.0.1:${gatewayPort}`,
      ...services.map(({ url }) => url),
    ];
    const pages = await Promise.all(origins.map(async (origin) => (await fetch(`${origin}/metrics`)).text()));
    types = new Map(
      Array.from(pages.join('\n').matchAll(/^# TYPE (\w+) (\w+)$/gm), ([, name = '', type = '']) => [
        name,
        type,
      ]),
    );
    samples = pages.flatMap(parseMetrics);
  });
  afterAll(() => cleanup.run());

  const valueOf = (name: string, labels: Readonly<Record<string, string>>) =>
    samples
      .filter(
        (each) =>
          each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value),
      )
      .reduce((sum, { value }) => sum + value, 0);

  it('count what a user did: orders by type and outcome, holds, triggers, events and operations of the store', () => {
    expect(valueOf('cnop_orders_total', { type: 'market_buy', outcome: 'completed' })).toBe(2);
    expect(valueOf('cnop_orders_total', { type: 'limit_buy', outcome: 'accepted' })).toBe(4);
    expect(valueOf('cnop_orders_total', { type: 'limit_buy', outcome: 'cancelled' })).toBe(2);
    expect(valueOf('cnop_orders_total', { type: 'limit_buy', outcome: 'completed' })).toBe(2);
    expect(valueOf('cnop_holds_total', { kind: 'cash', change: 'held' })).toBe(4);
    expect(valueOf('cnop_holds_total', { kind: 'cash', change: 'released' })).toBe(4);
    expect(valueOf('cnop_trigger_lag_seconds_count', {})).toBe(2);
    expect(valueOf('cnop_event_lag_seconds_count', {})).toBeGreaterThan(2);
    expect(valueOf('cnop_streams_open', {})).toBe(2);
    expect(valueOf('cnop_price_leader', {})).toBe(2);
    expect(valueOf('cnop_workers', {})).toBe(WORKERS);
    expect(valueOf('cnop_worker_restarts_total', {})).toBe(0);
    expect(valueOf('cnop_redis_up', { use: 'messages' })).toBe(3);
    expect(valueOf('cnop_redis_up', { use: 'rate_limits' })).toBe(1);
    expect(valueOf('cnop_store_commits_total', {})).toBeGreaterThan(5);
    expect(
      valueOf('cnop_dynamodb_request_seconds_count', { operation: 'TransactWriteItems' }),
    ).toBeGreaterThan(5);
  });

  it('are all described in the reference, with their types and labels, and no other is', async () => {
    const reference = await readReference();
    const ours = [...types].filter(([name]) => /^(?:cnop|http)_/.test(name));
    expect(new Set(reference.keys())).toEqual(new Set(ours.map(([name]) => name)));
    for (const [name, type] of ours) expect([name, reference.get(name)?.type]).toEqual([name, type]);
    for (const { name, labels } of samples) {
      const known = reference.get(metricOf(name)) ?? reference.get(name);
      if (!known) continue;
      const unknown = Object.keys(labels).filter(
        (label) => ![...GENERAL_LABELS, ...known.labels].includes(label),
      );
      expect([name, unknown]).toEqual([name, []]);
    }
  });

  it('have few values for each label', () => {
    const values = new Map<string, Set<string>>();
    for (const { name, labels } of samples) {
      for (const [label, value] of Object.entries(labels)) {
        const key = `${name} ${label}`;
        values.set(key, (values.get(key) ?? new Set()).add(value));
      }
    }
    const large = [...values].filter(([, { size }]) => size > MAX_LABEL_VALUES).map(([key]) => key);
    expect(large).toEqual([]);
  });

  it('and their labels are the only ones that dashboards and alerts name', async () => {
    const reference = await readReference();
    const labelsOf = (name: string) => [
      ...(reference.get(name) ?? reference.get(metricOf(name)) ?? { labels: [] }).labels,
      ...samples
        .filter((sample) => metricOf(sample.name) === metricOf(name))
        .flatMap(({ labels }) => Object.keys(labels)),
    ];
    const dashboards = await readDashboards();
    const expressions = [
      ...(await readAlerts()).map(({ expr }) => expr),
      ...dashboards.flatMap(({ panels }) => panels).flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ];
    expect(dashboards).toHaveLength(4);
    for (const expression of expressions) {
      const { metrics, labels, isValid } = namesIn(expression);
      expect([expression, isValid]).toEqual([expression, true]);
      const missing = [...metrics].filter(
        (name) => name !== OWN_METRIC && !types.has(name) && !types.has(metricOf(name)),
      );
      const known = new Set([...GENERAL_LABELS, ...[...metrics].flatMap(labelsOf)]);
      expect([expression, missing, [...labels].filter((label) => !known.has(label))]).toEqual([
        expression,
        [],
        [],
      ]);
    }
  });

  it('control: an unknown metric, an unknown label and a broken expression are found', () => {
    const { metrics, labels } = namesIn('sum by (username) (rate(cnop_secrets_total{token!=""}[5m]))');
    expect([...metrics, ...labels].toSorted()).toEqual(['cnop_secrets_total', 'token', 'username']);
    expect(namesIn('rate(cnop_orders_total[5m]').isValid).toBe(false);
  });
});

/** Fills, cancels and triggers orders of a new user who has a live stream, which stays open. */
async function trade(url: string): Promise<void> {
  const api = createApi(url);
  const admin = await signIn(api, 'admin', ADMIN_PASSWORD);
  const setPrice = async (price: string) =>
    expectStatus(
      await admin.send('PUT', '/inventory/assets/BTC/price', { body: { price, force: true } }),
      200,
    );
  await setPrice('100.00');
  const user = await signUp(api, { cash: '10000.00' });
  const stream = await openEventStream(`${url}/api/v1/stream`, {
    headers: { authorization: `Bearer ${user.token}` },
  });
  cleanup.defer(() => stream.cut());
  const place = async (order: object) => {
    const body = { asset_id: 'BTC', quantity: '1', ...order };
    const answer = expectStatus(await user.send('POST', '/orders', { body }), 201);
    return answer.json<{ data: { order_id: string } }>().data.order_id;
  };
  await place({ order_type: 'market_buy' });
  const cancelled = await place({ order_type: 'limit_buy', price: '10.00' });
  expectStatus(await user.send('POST', `/orders/${cancelled}/cancel`), 200);
  const triggered = await place({ order_type: 'limit_buy', price: '60.00' });
  await setPrice('50.00');
  await stream.waitFor(
    ({ event, data }) => event === 'order.completed' && JSON.stringify(data).includes(triggered),
  );
}

describe('each alert', () => {
  it('has a runbook that says what it means, its impact, how to confirm it and what to do', async () => {
    const alerts = await readAlerts();
    expect(alerts.length).toBeGreaterThan(15);
    const index = await readFile(path.join(RUNBOOKS, 'README.md'), 'utf8');
    for (const { alert, annotations, labels } of alerts) {
      const text = await readFile(path.join(PROJECT_ROOT, annotations.runbook_url), 'utf8');
      expect(text).toContain(`# ${alert}\n`);
      expect(text).toContain(`Severity: ${labels.severity}.`);
      for (const heading of ['Meaning', 'Impact', 'Confirm', 'What to do']) {
        expect(text).toContain(`\n## ${heading}\n`);
      }
      expect(index).toContain(`(${path.basename(annotations.runbook_url)})`);
    }
    const pages = (await readdir(RUNBOOKS)).filter((file) => file !== 'README.md');
    expect(pages).toHaveLength(alerts.length);
  });

  it('and each query of a runbook is PromQL', async () => {
    for (const file of await readdir(RUNBOOKS)) {
      const text = await readFile(path.join(RUNBOOKS, file), 'utf8');
      const queries = /```promql\n([\s\S]*?)\n```/.exec(text)?.[1]?.split('\n') ?? [];
      for (const query of queries) expect([query, namesIn(query).isValid]).toEqual([query, true]);
    }
  });
});
