import type { Benchmark, Goal } from './run-benchmark.ts';
import type { Summary } from './statistics.ts';

const ORDER = JSON.stringify({ asset_id: 'DOGE', order_type: 'market_buy', quantity: '1' });

const atLeast = (name: string, { median }: Summary, limit: number): Goal => ({
  name: `${name} >= ${limit.toFixed(2)}`,
  value: median,
  isMet: median >= limit,
});
const atMost = (name: string, { median }: Summary, limit: number): Goal => ({
  name: `${name} <= ${limit}`,
  value: median,
  isMet: median <= limit,
});

export const BENCHMARKS: Readonly<Record<'orders' | 'reads', Benchmark>> = {
  orders: {
    name: 'authenticated, durable market orders through the gateway, against a bare echo of the same body',
    requestOf: (trader) => ({ method: 'POST', path: '/api/v1/orders', headers: { ...trader }, body: ORDER }),
    yardstick: { method: 'POST', path: '/echo', body: ORDER },
    goalsOf: ({ throughputRatio, cpuRatio, p99Ratio }) => [
      atLeast('throughput, orders to echo', throughputRatio, 0.2),
      atMost('server CPU per request, order to echo', cpuRatio, 6),
      atMost('p99, order to echo', p99Ratio, 10),
    ],
  },
  reads: {
    name: 'authenticated GET /balance through the gateway, against a bare GET echo',
    requestOf: (trader) => ({ method: 'GET', path: '/api/v1/balance', headers: { ...trader } }),
    yardstick: { method: 'GET', path: '/echo' },
    goalsOf: ({ throughputRatio }) => [atLeast('throughput, reads to echo', throughputRatio, 0.3)],
  },
};
