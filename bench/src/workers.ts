import { setTimeout as sleep } from 'node:timers/promises';
import { parseMetrics } from '@cnop/standalone/cluster/read-metrics';
import type { Comparison, RequestTemplate } from './comparison.ts';
import { compare } from './comparison.ts';
import { freePort } from './server-process.ts';
import type { StandaloneUnderLoad, Trader } from './standalone-under-load.ts';
import { startStandaloneUnderLoad } from './standalone-under-load.ts';
import { formatSummary } from './statistics.ts';

const TRADERS = 256;
/** Each worker compiles its code for itself, so several take longer to get fast. */
const WARM_UP_SECONDS = 10;
const START_DEADLINE_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 50;
const MICROSECONDS_PER_SECOND = 1_000_000;
const ORDER = JSON.stringify({ asset_id: 'DOGE', order_type: 'market_buy', quantity: '1' });

interface WorkersBenchmarkOptions {
  /** The numbers of workers to compare with one process. */
  readonly counts: readonly number[];
  readonly rounds: number;
  readonly secondsPerRound: number;
  readonly connections: number;
  /** Reads balances instead of placing orders. */
  readonly isReading: boolean;
  readonly print: (line: string) => void;
}

/** One number of workers, compared with one process. */
interface WorkersResult {
  readonly workers: number;
  readonly comparison: Comparison;
  readonly violations: number;
  readonly orders: number;
  /** The commits of the one process while it was loaded. */
  readonly commits: CommitFigures;
}

interface CommitFigures {
  readonly ordersPerCommit: number;
  /** The time that the store's only writer is busy with an order, its share of the flush included. */
  readonly serialMicrosecondsPerOrder: number;
}

/**
 * Measures several numbers of workers against one process, each over a store of its own. Servers and client share all
 * cores. The audit of each store must be clean.
 */
export async function runWorkersBenchmark(options: WorkersBenchmarkOptions): Promise<WorkersResult[]> {
  const results: WorkersResult[] = [];
  for (const workers of options.counts) {
    options.print(`${workers} workers against one process ...`);
    results.push(await measure(workers, options));
  }
  return results;
}

async function measure(
  workers: number,
  { rounds, secondsPerRound, connections, isReading, print }: WorkersBenchmarkOptions,
): Promise<WorkersResult> {
  const one = await startWorkers(1);
  const several = await startWorkers(workers);
  const toRequest = (trader: Trader): RequestTemplate =>
    isReading
      ? { method: 'GET', path: '/api/v1/balance', headers: { ...trader } }
      : { method: 'POST', path: '/api/v1/orders', headers: { ...trader }, body: ORDER };
  const [subject, yardstick] = await Promise.all(
    [several, one].map(async ({ platform }) => ({
      ...platform.server,
      requests: (await platform.traders(TRADERS)).map(toRequest),
    })),
  );
  if (!subject || !yardstick) throw new Error('two servers are compared');
  const before = await one.metrics();
  const comparison = await compare({
    subject,
    yardstick,
    connections,
    isHot: false,
    rounds,
    secondsPerRound,
    warmUpSeconds: WARM_UP_SECONDS,
    onRound: (round, { requestsPerSecond: many }, { requestsPerSecond: single }) => {
      print(`round ${round} of ${rounds}: ${Math.round(many)}/s against ${Math.round(single)}/s`);
    },
  });
  const commits = commitFigures(before, await one.metrics());
  const audits = [await several.platform.stopAndVerify(), await one.platform.stopAndVerify()];
  const sum = (figure: 'violations' | 'orders') => audits.reduce((total, audit) => total + audit[figure], 0);
  return { workers, comparison, violations: sum('violations'), orders: sum('orders'), commits };
}

interface MeasuredPlatform {
  readonly platform: StandaloneUnderLoad;
  /** Returns the metrics of all its processes as text. */
  metrics(): Promise<string>;
}

/** Starts the platform with a number of workers, and waits for all of them. */
async function startWorkers(workers: number): Promise<MeasuredPlatform> {
  const port = await freePort();
  const environment = { WORKERS: String(workers), METRICS_PORT: String(port) };
  const platform = await startStandaloneUnderLoad({ core: undefined, environment });
  const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const deadline = performance.now() + START_DEADLINE_MILLISECONDS;
  while (workers > 1 && valueOf(await metrics(), 'cnop_workers') !== workers) {
    if (performance.now() > deadline) throw new Error('the workers did not get ready');
    await sleep(POLL_MILLISECONDS);
  }
  return { platform, metrics };
}

/** Returns the sum of a metric over its series. */
function valueOf(metrics: string, name: string): number {
  const samples = parseMetrics(metrics).filter((sample) => sample.name === name);
  return samples.reduce((sum, { value }) => sum + value, 0);
}

function commitFigures(before: string, after: string): CommitFigures {
  const grownBy = (name: string) => valueOf(after, name) - valueOf(before, name);
  const transactions = grownBy('cnop_store_commit_transactions_total');
  const seconds = grownBy('cnop_store_commit_seconds_total');
  return {
    ordersPerCommit: transactions / grownBy('cnop_store_commits_total'),
    serialMicrosecondsPerOrder: (seconds * MICROSECONDS_PER_SECOND) / transactions,
  };
}

/** Returns the results as a table. */
export function reportWorkers(results: readonly WorkersResult[]): string {
  const row = (workers: number, { requestsPerSecond, ...figures }: Comparison['subject']) =>
    `  ${workers} ${workers === 1 ? 'process' : 'workers'}  ${Math.round(requestsPerSecond)}/s, ${Math.round(figures.cpuMicrosecondsPerRequest)} µs CPU, p50 ${figures.p50Milliseconds} ms, p99 ${figures.p99Milliseconds} ms`;
  return results
    .flatMap(({ workers, comparison, violations, orders, commits }) => [
      '',
      row(1, comparison.yardstick),
      row(workers, comparison.subject),
      `  ratios (median of rounds [95 %]): throughput ${formatSummary(comparison.throughputRatio, 2)}, CPU ${formatSummary(comparison.cpuRatio, 2)}, p99 ${formatSummary(comparison.p99Ratio, 2)}`,
      `  commits of one process: ${commits.ordersPerCommit.toFixed(1)} transactions each; the writer is busy ${Math.round(commits.serialMicrosecondsPerOrder)} µs for one`,
      `  ${comparison.subject.failures + comparison.yardstick.failures} answers other than 2xx, ${orders} orders audited, ${violations} violations`,
    ])
    .join('\n');
}
