import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import type { Comparison, RequestTemplate } from './comparison.ts';
import { compare } from './comparison.ts';
import { residentMegabytes } from './process-cpu.ts';
import { startServer } from './server-process.ts';
import type { StandaloneUnderLoad, Trader } from './standalone-under-load.ts';
import { startStandaloneUnderLoad } from './standalone-under-load.ts';
import type { Summary } from './statistics.ts';

const ECHO = new URL('./echo-server.js', import.meta.url).pathname;
/** The least number of traders; with more connections there are more, so that each has its own. */
const MIN_TRADERS = 200;
/** The core of the servers; the client uses the others. */
const SERVER_CORE = 1;

interface BenchmarkOptions {
  readonly rounds: number;
  readonly secondsPerRound: number;
  readonly connections: number;
  /** Lets servers and client share all cores, as on a laptop, instead of keeping the servers on one. */
  readonly isUnpinned: boolean;
  /** All connections use the same account at a time, instead of one account each. */
  readonly isHot: boolean;
  readonly print: (line: string) => void;
}

/** A bound on a figure, and whether it is met. */
export interface Goal {
  readonly name: string;
  readonly value: number;
  readonly isMet: boolean;
}

export interface BenchmarkResult extends Comparison {
  readonly name: string;
  readonly connections: number;
  readonly isHot: boolean;
  readonly startMilliseconds: number;
  readonly idleMegabytes: number;
  readonly loadedMegabytes: number;
  readonly violations: number;
  readonly orders: number;
  readonly commit: string;
  readonly goals: readonly Goal[];
}

/** The requests of one benchmark, and its goals. */
interface Benchmark {
  readonly name: string;
  readonly requestOf: (trader: Trader) => RequestTemplate;
  readonly yardstick: RequestTemplate;
  readonly goalsOf: (comparison: Comparison) => readonly Goal[];
}

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

/** Measures the platform against the echo server, then audits the store; figures count only with a clean audit. */
export async function runBenchmark(
  benchmark: Benchmark,
  options: BenchmarkOptions,
): Promise<BenchmarkResult> {
  const core = cpus().length > 1 && !options.isUnpinned ? SERVER_CORE : undefined;
  const platform = await startStandaloneUnderLoad({ core });
  const echo = await startServer({ nodeArguments: [ECHO], readyPath: '/echo', core });
  const idleMegabytes = residentMegabytes(platform.server.pid);
  const traderCount = Math.max(MIN_TRADERS, options.connections);
  options.print(`Signing up ${traderCount} traders ...`);
  const traders = await platform.traders(traderCount);
  const comparison = await compare({
    subject: { ...platform.server, requests: traders.map(benchmark.requestOf) },
    yardstick: { ...echo, requests: [benchmark.yardstick] },
    connections: options.connections,
    isHot: options.isHot,
    rounds: options.rounds,
    secondsPerRound: options.secondsPerRound,
    warmUpSeconds: options.secondsPerRound,
    onRound: (round, subject, yardstick) => {
      const rates = `${Math.round(subject.requestsPerSecond)}/s against ${Math.round(yardstick.requestsPerSecond)}/s`;
      options.print(`round ${round} of ${options.rounds}: ${rates}`);
    },
  });
  const loadedMegabytes = residentMegabytes(platform.server.pid);
  const { violations, orders } = await stopBoth(platform, echo);
  return {
    ...comparison,
    name: benchmark.name,
    connections: options.connections,
    isHot: options.isHot,
    startMilliseconds: platform.server.startMilliseconds,
    idleMegabytes,
    loadedMegabytes,
    violations,
    orders,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    goals: [
      ...benchmark.goalsOf(comparison),
      {
        name: 'answers other than 2xx = 0',
        value: comparison.subject.failures,
        isMet: comparison.subject.failures === 0,
      },
      { name: 'violations found by the audit = 0', value: violations, isMet: violations === 0 },
    ],
  };
}

async function stopBoth(
  platform: StandaloneUnderLoad,
  echo: { stop(): Promise<void> },
): Promise<{ readonly violations: number; readonly orders: number }> {
  await echo.stop();
  return platform.stopAndVerify();
}
