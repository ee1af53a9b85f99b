import type { Account } from '@cnop/testing/system/api-client';
import { expectStatus, signIn, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import type { ReceivedSpan } from '@cnop/testing/system/trace-collector';
import { startTraceCollector } from '@cnop/testing/system/trace-collector';
import { afterEach, expect, it } from 'vitest';
import { startOneProcess } from './support/platform.ts';

const CLIENT_TRACE = '0af7651916cd43dd8448eb211c80319c';
const CLIENT_SPAN = 'b7ad6b7169203331';
const SAMPLED = { traceparent: `00-${CLIENT_TRACE}-${CLIENT_SPAN}-01` };
const UNSAMPLED_TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const UNSAMPLED = { traceparent: `00-${UNSAMPLED_TRACE}-${CLIENT_SPAN}-00` };

const cleanup = createCleanup();
afterEach(() => cleanup.run());

/** Starts the platform in one process, with its traces sent to a collector, and signs a user up. */
async function startTraced(settings: Readonly<Record<string, string>> = {}) {
  const collector = await startTraceCollector();
  cleanup.defer(() => collector.close());
  const platform = await startOneProcess(cleanup, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    LOG_LEVEL: 'info',
    ...settings,
  });
  const admin = await signIn(platform.api, 'admin', ADMIN_PASSWORD);
  const body = { price: '100.00', force: true };
  expectStatus(await admin.send('PUT', '/inventory/assets/BTC/price', { body }), 200);
  const user = await signUp(platform.api, { cash: '1234.56' });
  return { collector, platform, user };
}

/** Sends a market order and returns its request id. */
async function placeOrder(user: Account, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const body = { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.07654321' };
  const answer = await user.send('POST', '/orders', { body, headers });
  return String(expectStatus(answer, 201).headers.get('x-request-id'));
}

/** Returns the names from a span up to the first one of its trace that was received. */
function ancestry(span: ReceivedSpan, spans: readonly ReceivedSpan[]): string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return [span.name, ...(parent ? ancestry(parent, spans) : [])];
}

const PATH_OF_AN_ORDER = ['commit', 'transact', 'Place an order', 'POST /orders', 'POST /api/v1/orders'];

const JOB = 'Store prices and candles';

it('an order is one trace, from the gateway over service and use case to the commit, without personal data', async () => {
  const { collector, platform, user } = await startTraced({ OTEL_SERVICE_NAME: 'platform-of-test' });
  const continued = await placeOrder(user, SAMPLED);
  const begun = await placeOrder(user);
  const unsampled = await placeOrder(user, UNSAMPLED);
  // The process sends the spans that are left.
  await platform.stopAndAudit();
  const { spans, paths } = collector;
  const lineOf = (requestId: string): unknown =>
    JSON.parse(
      platform
        .output()
        .split('\n')
        .find((line) => line.includes(requestId)) ?? '{}',
    );

  expect(new Set(paths)).toEqual(new Set(['POST /v1/traces']));
  expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(['platform-of-test']));
  const commits = spans.filter(({ name }) => name === 'commit');
  const ofOrders = commits
    .map((span) => ancestry(span, spans))
    .filter((names) => names.includes('POST /orders'));
  expect(ofOrders).toEqual([PATH_OF_AN_ORDER, PATH_OF_AN_ORDER]);

  // A trace of the client is continued.
  const child = spans.find(({ parentSpanId }) => parentSpanId === CLIENT_SPAN);
  expect(child).toMatchObject({ name: 'POST /api/v1/orders', traceId: CLIENT_TRACE });
  expect(lineOf(continued)).toMatchObject({ trace_id: CLIENT_TRACE, span_id: child?.spanId });
  // Without one a trace begins.
  const root = spans.find(({ name, traceId }) => name === 'POST /api/v1/orders' && traceId !== CLIENT_TRACE);
  expect(root?.parentSpanId).toBeUndefined();
  expect(lineOf(begun)).toMatchObject({ trace_id: root?.traceId, span_id: root?.spanId });
  // A trace that its caller does not sample is only logged.
  expect(spans.filter(({ traceId }) => traceId === UNSAMPLED_TRACE)).toEqual([]);
  expect(lineOf(unsampled)).toMatchObject({ trace_id: UNSAMPLED_TRACE });

  // Storing prices is a trace of its own.
  const stored = commits.map((span) => ancestry(span, spans)).filter((names) => names.includes(JOB));
  expect(stored).not.toEqual([]);
  expect(stored.every((names) => names.at(-1) === JOB)).toBe(true);

  for (const span of spans) expect(span.endNanoseconds).toBeGreaterThanOrEqual(span.startNanoseconds);
  const sent = JSON.stringify(spans, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
  for (const secret of [user.username, user.email, user.token, '1234.56', '0.07654321', '127.0.0.1']) {
    expect(sent).not.toContain(secret);
  }
});

it('a sampler that is not based on the parent samples out what the caller samples', async () => {
  const { collector, platform, user } = await startTraced({
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0',
  });
  const requestId = await placeOrder(user, SAMPLED);
  await platform.stopAndAudit();
  expect(platform.output()).toContain(requestId);
  expect(collector.paths).toEqual([]);
});
