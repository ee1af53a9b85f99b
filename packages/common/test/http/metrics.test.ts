import { buildMetricsApp } from '@cnop/common/http/metrics';
import Fastify from 'fastify';
import { expect, it } from 'vitest';

it('reports the failed sweeps of the store at each scrape', async () => {
  let failures = 0;
  const app = buildMetricsApp(Fastify(), 'gateway', { store: { sweepFailures: () => failures } });
  const failuresReported = async () => {
    const { body } = await app.inject({ url: '/metrics' });
    return /cnop_store_sweep_failures_total\{service="gateway"\} (\d+)/.exec(body)?.[1];
  };
  expect(await failuresReported()).toBe('0');
  failures = 2;
  expect(await failuresReported()).toBe('2');
  expect(await failuresReported()).toBe('2');
});
