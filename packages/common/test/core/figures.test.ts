import {
  allFigures,
  defineCounter,
  defineGauge,
  defineHistogram,
  defineReading,
} from '@cnop/common/core/figures';
import { buildMetricsApp } from '@cnop/common/http/metrics';
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';

const app = buildMetricsApp(Fastify(), 'test');

/** Returns the lines of a metric on the page, without comments. */
async function shown(name: string): Promise<string[]> {
  const { body, statusCode } = await app.inject({ url: '/metrics' });
  expect(statusCode).toBe(200);
  return body.split('\n').filter((line) => line.startsWith(name));
}

describe('a figure of the process is shown at each scrape', () => {
  it('as a counter that adds up, for each of its labels', async () => {
    const count = defineCounter({ name: 'test_fills_total', help: 'Fills.', labelNames: ['type', 'side'] });
    count({ type: 'limit', side: 'buy' });
    count({ type: 'limit', side: 'buy' }, 2);
    count({ type: 'limit', side: 'sell' });
    const lines = [
      'test_fills_total{type="limit",side="buy",service="test"} 3',
      'test_fills_total{type="limit",side="sell",service="test"} 1',
    ];
    expect(await shown('test_fills_total')).toEqual(lines);
    expect(await shown('test_fills_total')).toEqual(lines);
  });

  it('as a gauge that keeps its last value', async () => {
    const show = defineGauge({ name: 'test_streams', help: 'Streams.', labelNames: [] });
    show({}, 7);
    show({}, 3);
    expect(await shown('test_streams')).toEqual(['test_streams{service="test"} 3']);
  });

  it('as a gauge that is read, without samples that are gone', async () => {
    const read = defineReading({ name: 'test_age_seconds', help: 'Age.', labelNames: ['asset'] });
    read(() => [
      { labels: { asset: 'BTC' }, value: 1 },
      { labels: { asset: 'ETH' }, value: 2 },
    ]);
    expect(await shown('test_age_seconds')).toHaveLength(2);
    read(() => [{ labels: { asset: 'ETH' }, value: 5 }]);
    expect(await shown('test_age_seconds')).toEqual(['test_age_seconds{asset="ETH",service="test"} 5']);
  });

  it('as a histogram with cumulative buckets, of which a bound is part of its own', async () => {
    const observe = defineHistogram({
      name: 'test_lag_seconds',
      help: 'Lag.',
      labelNames: ['kind'],
      bounds: [0.1, 1],
    });
    for (const seconds of [0.05, 0.1, 0.5, 2]) observe({ kind: 'late' }, seconds);
    expect(await shown('test_lag_seconds')).toEqual([
      'test_lag_seconds_bucket{kind="late",le="0.1",service="test"} 2',
      'test_lag_seconds_bucket{kind="late",le="1",service="test"} 3',
      'test_lag_seconds_bucket{kind="late",le="+Inf",service="test"} 4',
      'test_lag_seconds_sum{kind="late",service="test"} 2.65',
      'test_lag_seconds_count{kind="late",service="test"} 4',
    ]);
  });

  it('once, under its name', () => {
    const names = Array.from(allFigures(), ({ name }) => name);
    expect(names.length).toBe(new Set(names).size);
    expect(names).toContain('test_lag_seconds');
  });
});
