import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Goal } from './run-benchmark.ts';
import { formatSummary, median, summarize } from './statistics.ts';
import type { QuietFigures, RateFigures } from './triggers-measured.ts';
import { storeOpenOrders } from './triggers-orders.ts';

const MEASURED = new URL('./triggers-measured.js', import.meta.url).pathname;
const TRAILING_ORDERS = 100_000;
const MAX_TICK_RATIO = 2;
const MAX_GROWTH_MEGABYTES = 100;
const MIN_RATE_RATIO = 0.5;
const MAX_TRAILING_TICK_MILLISECONDS = 1;

export interface TriggersOptions {
  /** Numbers of open orders, in rising order. */
  readonly sizes: readonly number[];
  readonly print: (line: string) => void;
}

interface QuietOrders extends QuietFigures {
  readonly orders: number;
}

export interface TriggersResult {
  readonly fixed: readonly QuietOrders[];
  readonly trailing: QuietOrders;
  readonly triggering: RateFigures;
  readonly commit: string;
  readonly goals: readonly Goal[];
}

/** Measures the cost of open orders while no price triggers them, and the rate of their execution. */
export async function runTriggersBenchmark({ sizes, print }: TriggersOptions): Promise<TriggersResult> {
  const folder = await mkdtemp(join(tmpdir(), 'cnop-triggers-'));
  try {
    const triggering = await measure<RateFigures>('triggering', join(folder, 'triggering'), print);
    const fixed: QuietOrders[] = [];
    const path = join(folder, 'fixed');
    for (const [step, orders] of sizes.entries()) {
      await storeOpenOrders(path, { kind: 'fixed', from: sizes[step - 1] ?? 0, to: orders, print });
      fixed.push({ orders, ...(await measure<QuietFigures>('quiet', path, print)) });
    }
    const trailingPath = join(folder, 'trailing');
    await storeOpenOrders(trailingPath, { kind: 'trailing', from: 0, to: TRAILING_ORDERS, print });
    const trailing = {
      orders: TRAILING_ORDERS,
      ...(await measure<QuietFigures>('quiet', trailingPath, print)),
    };
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
    return { fixed, trailing, triggering, commit, goals: goalsOf({ fixed, trailing, triggering }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure<Figures>(
  what: 'triggering' | 'quiet',
  path: string,
  print: (line: string) => void,
): Promise<Figures> {
  const child = spawn(process.execPath, [MEASURED, what, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const output = await text(child.stdout);
  await exited;
  if (child.exitCode !== 0) throw new Error(`the measured process ended with code ${child.exitCode}`);
  print(`${what}: ${output.trim()}`);
  return JSON.parse(output) as Figures;
}

function goalsOf({
  fixed,
  trailing,
  triggering,
}: Pick<TriggersResult, 'fixed' | 'trailing' | 'triggering'>): Goal[] {
  const [smallest, largest] = [fixed[0], fixed.at(-1)];
  const slowest = Math.max(...fixed.map(({ tickMilliseconds }) => tickMilliseconds));
  const tickRatio = slowest / (smallest?.tickMilliseconds ?? Number.NaN);
  const growth = (largest?.memoryMegabytes ?? Number.NaN) - (smallest?.memoryMegabytes ?? Number.NaN);
  const rateRatio = median(ratesOf(triggering));
  const atMost = (name: string, value: number, limit: number): Goal => ({
    name: `${name} <= ${limit}`,
    value,
    isMet: value <= limit,
  });
  return [
    atMost('a move that triggers nothing, any number of orders to the smallest', tickRatio, MAX_TICK_RATIO),
    atMost('memory from the smallest number of orders to the largest, MB', growth, MAX_GROWTH_MEGABYTES),
    {
      name: `triggered orders to market orders >= ${MIN_RATE_RATIO}`,
      value: rateRatio,
      isMet: rateRatio >= MIN_RATE_RATIO,
    },
    atMost(
      `a move past ${TRAILING_ORDERS} trailing stops that triggers none, ms`,
      trailing.tickMilliseconds,
      MAX_TRAILING_TICK_MILLISECONDS,
    ),
    {
      name: 'violations found by the audit = 0',
      value: triggering.violations,
      isMet: triggering.violations === 0,
    },
  ];
}

/** Returns the ratio of each round; the machine drifts, so only figures of the same minute are compared. */
function ratesOf({ marketPerSecond, triggeredPerSecond }: RateFigures): number[] {
  return triggeredPerSecond.map((triggered, round) => triggered / (marketPerSecond[round] ?? Number.NaN));
}

/** Formats the result for a terminal. */
export function reportTriggers(result: TriggersResult): string {
  const { fixed, trailing, triggering, commit, goals } = result;
  const row = (label: string, figures: QuietOrders) =>
    `  ${String(figures.orders).padStart(9)} ${label}: a move ${figures.tickMilliseconds.toFixed(3)} ms, a new high ${figures.newHighMilliseconds.toFixed(3)} ms, memory ${figures.memoryMegabytes.toFixed(0)} MB (${figures.residentMegabytes.toFixed(0)} MB with pages of the file), start ${Math.round(figures.startMilliseconds)} ms`;
  return [
    '',
    'open orders: moves that trigger nothing (medians), and 10000 orders that one price triggers',
    ...fixed.map((figures) => row('limits and stops', figures)),
    row('trailing stops  ', trailing),
    `  triggered ${Math.round(median(triggering.triggeredPerSecond))}/s, market orders ${Math.round(median(triggering.marketPerSecond))}/s, ratio ${formatSummary(summarize(ratesOf(triggering)), 2)}`,
    `  commit ${commit}, Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}, LMDB with a flush before each answer`,
    ...goals.map((goal) => `  ${goal.isMet ? 'met   ' : 'MISSED'} ${goal.name} (${goal.value.toFixed(3)})`),
  ].join('\n');
}
