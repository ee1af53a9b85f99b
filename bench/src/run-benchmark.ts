import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import type { Comparison } from './comparison.ts';
import { compare } from './comparison.ts';
import type { RequestTemplate } from './load.ts';
import { residentMegabytes } from './process-cpu.ts';
import { startServer } from './server-process.ts';
import type { StandaloneUnderLoad, Trader } from './standalone-under-load.ts';
import { startStandaloneUnderLoad } from './standalone-under-load.ts';

const ECHO = new URL('./echo-server.js', import.meta.url).pathname;
/** More where there are more connections, so that each has at least one of its own. */
const MIN_TRADERS = 200;
/** The client stays on the other one. */
const SERVER_CORE = 1;

export interface BenchmarkOptions {
  readonly rounds: number;
  readonly secondsPerRound: number;
  readonly connections: number;
  /** Lets servers and client share all cores, as on a laptop, instead of keeping the servers on one. */
  readonly isUnpinned: boolean;
  /** All connections ask for the same account at a time, instead of each for another one. */
  readonly isHot: boolean;
  readonly print: (line: string) => void;
}

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

/** What one benchmark sends, and what it must reach. */
export interface Benchmark {
  readonly name: string;
  readonly requestOf: (trader: Trader) => RequestTemplate;
  readonly yardstick: RequestTemplate;
  readonly goalsOf: (comparison: Comparison) => readonly Goal[];
}

/** Runs the platform against the echo in one go, then audits the store: a figure without a clean audit is none. */
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
