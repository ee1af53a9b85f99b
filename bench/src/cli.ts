import { cpus } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import type { BenchmarkResult } from './run-benchmark.ts';
import { BENCHMARKS, runBenchmark } from './run-benchmark.ts';
import { formatPercent, formatSummary } from './statistics.ts';
import { reportStreams, runStreamsBenchmark } from './streams.ts';
import { reportTracing, runTracingBenchmark } from './tracing.ts';
import { reportTriggers, runTriggersBenchmark } from './triggers.ts';
import { reportWorkers, runWorkersBenchmark } from './workers.ts';

function count(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('must be a whole number from 1 to 9999');
  return Number(text);
}

function counts(text: string): number[] {
  return text.split(',').map(count);
}

const MAX_OPEN_ORDERS = 1_000_000;
const SMALLER_SIZES = [1_000, 100_000] as const;

function orderCount(text: string): number {
  if (!/^[1-9]\d{3,6}$/.test(text))
    throw new InvalidArgumentError('must be a whole number from 1000 to 9999999');
  return Number(text);
}

interface Flags {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly json?: boolean;
  readonly unpinned?: boolean;
  readonly hot?: boolean;
}

interface WorkersFlags extends Pick<Flags, 'rounds' | 'seconds' | 'connections' | 'json'> {
  readonly workers: readonly number[];
  readonly reads?: boolean;
}

interface TracingFlags extends Pick<Flags, 'rounds' | 'seconds' | 'json' | 'unpinned'> {
  readonly rate: number;
}

function addBenchmark(program: Command, name: keyof typeof BENCHMARKS): void {
  program
    .command(name)
    .description(BENCHMARKS[name].name)
    .option('--rounds <n>', 'rounds of each server, alternating', count, 9)
    .option('--seconds <n>', 'seconds per round', count, 5)
    .option('--connections <n>', 'concurrent connections', count, 64)
    .option('--unpinned', 'let servers and client share all cores; by default the servers stay on one')
    .option('--hot', 'all connections use the same account at a time; by default each uses its own')
    .option('--json', 'print the figures as JSON')
    .action(async (flags: Flags) => {
      const result = await runBenchmark(BENCHMARKS[name], {
        rounds: flags.rounds,
        secondsPerRound: flags.seconds,
        connections: flags.connections,
        isUnpinned: flags.unpinned ?? false,
        isHot: flags.hot ?? false,
        print: (line) => console.error(line),
      });
      console.log(flags.json ? JSON.stringify(result, null, 2) : report(result));
      if (!result.goals.every((goal) => goal.isMet)) process.exitCode = 1;
    });
}

function report(result: BenchmarkResult): string {
  const row = (
    label: string,
    {
      requestsPerSecond,
      cpuMicrosecondsPerRequest,
      p50Milliseconds,
      p99Milliseconds,
    }: BenchmarkResult['subject'],
  ) =>
    `  ${label.padEnd(9)} ${Math.round(requestsPerSecond)}/s, ${Math.round(cpuMicrosecondsPerRequest)} µs CPU, p50 ${p50Milliseconds} ms, p99 ${p99Milliseconds} ms`;
  return [
    '',
    result.name,
    row('platform', result.subject),
    row('echo', result.yardstick),
    `  ratios (median of rounds [95 %]): throughput ${formatSummary(result.throughputRatio)}, CPU ${formatSummary(result.cpuRatio, 2)}, p99 ${formatSummary(result.p99Ratio, 2)}`,
    `  ${result.connections} connections on ${result.isHot ? 'one account' : 'as many accounts'} at a time, client used up to ${formatPercent(Math.max(result.subject.maxClientShare, result.yardstick.maxClientShare))} of a core`,
    `  start to first answer ${Math.round(result.startMilliseconds)} ms, memory ${Math.round(result.idleMegabytes)} MB idle, ${Math.round(result.loadedMegabytes)} MB loaded, ${result.orders} orders audited`,
    `  commit ${result.commit}, Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}, LMDB with a flush before each answer`,
    ...result.goals.map(
      (goal) => `  ${goal.isMet ? 'met   ' : 'MISSED'} ${goal.name} (${goal.value.toFixed(3)})`,
    ),
  ].join('\n');
}

const program = new Command('bench').description(
  'Measures the platform against a bare echo server, in one run.',
);
for (const name of Object.keys(BENCHMARKS) as (keyof typeof BENCHMARKS)[]) addBenchmark(program, name);
program
  .command('streams')
  .description('idle live streams on one process: their memory, and the time until a price is on all of them')
  .option('--streams <n>', 'streams, each of another user', count, 1_000)
  .option('--ticks <n>', 'number of price changes', count, 20)
  .option('--unpinned', 'let server and client share all cores; by default the server stays on one')
  .option('--json', 'print the figures as JSON')
  .action(
    async (
      flags: Pick<Flags, 'json' | 'unpinned'> & { readonly streams: number; readonly ticks: number },
    ) => {
      const result = await runStreamsBenchmark({
        streams: flags.streams,
        ticks: flags.ticks,
        isUnpinned: flags.unpinned ?? false,
        print: (line) => console.error(line),
      });
      console.log(flags.json ? JSON.stringify(result, null, 2) : reportStreams(result));
      if (!result.goals.every((goal) => goal.isMet)) process.exitCode = 1;
    },
  );
program
  .command('triggers')
  .description('open orders: their cost while no price triggers them, and the rate of their execution')
  .option('--max-orders <n>', 'largest number of open orders', orderCount, MAX_OPEN_ORDERS)
  .option('--json', 'print the figures as JSON')
  .action(async (flags: Pick<Flags, 'json'> & { readonly maxOrders: number }) => {
    const sizes = [...SMALLER_SIZES.filter((size) => size < flags.maxOrders), flags.maxOrders];
    const result = await runTriggersBenchmark({ sizes, print: (line) => console.error(line) });
    console.log(flags.json ? JSON.stringify(result, null, 2) : reportTriggers(result));
    if (!result.goals.every((goal) => goal.isMet)) process.exitCode = 1;
  });
program
  .command('workers')
  .description('several workers over one store against one process, with servers and client on all cores')
  .option('--workers <n,n>', 'numbers of workers', counts, [2, 4])
  .option('--rounds <n>', 'rounds of each server, alternating', count, 9)
  .option('--seconds <n>', 'seconds per round', count, 3)
  .option('--connections <n>', 'concurrent connections', count, 64)
  .option('--reads', 'read balances instead of placing orders')
  .option('--json', 'print the figures as JSON')
  .action(async ({ workers, seconds, reads, json, ...flags }: WorkersFlags) => {
    const results = await runWorkersBenchmark({
      ...flags,
      counts: workers,
      secondsPerRound: seconds,
      isReading: reads ?? false,
      print: (line) => console.error(line),
    });
    console.log(json ? JSON.stringify(results, null, 2) : reportWorkers(results));
    if (!results.every(({ violations }) => violations === 0)) process.exitCode = 1;
  });
program
  .command('tracing')
  .description('orders that arrive at a fixed rate: latency and CPU with traces to those without, in turns')
  .option('--rate <n>', 'orders a second', count, 50)
  .option('--rounds <n>', 'rounds of each server, in turns', count, 12)
  .option('--seconds <n>', 'seconds per round', count, 3)
  .option('--unpinned', 'let servers and client share all cores; by default the servers stay on one')
  .option('--json', 'print the figures as JSON')
  .action(async ({ seconds, unpinned, json, ...flags }: TracingFlags) => {
    const result = await runTracingBenchmark({
      ...flags,
      secondsPerRound: seconds,
      isUnpinned: unpinned ?? false,
      print: (line) => console.error(line),
    });
    console.log(json ? JSON.stringify(result, null, 2) : reportTracing(result));
    if (!result.goals.every((goal) => goal.isMet)) process.exitCode = 1;
  });
await program.parseAsync();
