import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Goal } from './run-benchmark.ts';
import { formatSummary, median, summarize } from './statistics.ts';
import { fillBook } from './triggers-books.ts';
import type { QuietFigures, RateFigures } from './triggers-measured.ts';

const MEASURED = new URL('./triggers-measured.js', import.meta.url).pathname;
const TRAILING_ORDERS = 100_000;
const MAX_TICK_RATIO = 2;
const MAX_GROWTH_MEGABYTES = 100;
const MIN_RATE_RATIO = 0.5;
const MAX_TRAILING_TICK_MILLISECONDS = 1;

export interface TriggersOptions {
  /** Waiting orders, from the fewest to the most. */
  readonly sizes: readonly number[];
  readonly print: (line: string) => void;
}

interface QuietBook extends QuietFigures {
  readonly orders: number;
}

export interface TriggersResult {
  readonly books: readonly QuietBook[];
  readonly trailing: QuietBook;
  readonly firing: RateFigures;
  readonly commit: string;
  readonly goals: readonly Goal[];
}

/** What waiting orders cost while a price moves past none of them, and how fast they are executed when it does. */
export async function runTriggersBenchmark({ sizes, print }: TriggersOptions): Promise<TriggersResult> {
  const folder = await mkdtemp(join(tmpdir(), 'cnop-triggers-'));
  try {
    const firing = await measure<RateFigures>('firing', join(folder, 'firing'), print);
    const books: QuietBook[] = [];
    const path = join(folder, 'fixed');
    for (const [step, orders] of sizes.entries()) {
      await fillBook(path, { kind: 'fixed', from: sizes[step - 1] ?? 0, to: orders, print });
      books.push({ orders, ...(await measure<QuietFigures>('quiet', path, print)) });
    }
    const trailingPath = join(folder, 'trailing');
    await fillBook(trailingPath, { kind: 'trailing', from: 0, to: TRAILING_ORDERS, print });
    const trailing = {
      orders: TRAILING_ORDERS,
      ...(await measure<QuietFigures>('quiet', trailingPath, print)),
    };
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
    return { books, trailing, firing, commit, goals: goalsOf({ books, trailing, firing }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure<Figures>(
  what: 'firing' | 'quiet',
  path: string,
  print: (line: string) => void,
): Promise<Figures> {
  const child = spawn(process.execPath, [MEASURED, what, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const said = await text(child.stdout);
  await exited;
  if (child.exitCode !== 0) throw new Error(`the measured process ended with code ${child.exitCode}`);
  print(`${what}: ${said.trim()}`);
  return JSON.parse(said) as Figures;
}

function goalsOf({ books, trailing, firing }: Pick<TriggersResult, 'books' | 'trailing' | 'firing'>): Goal[] {
  const [smallest, largest] = [books[0], books.at(-1)];
  const slowest = Math.max(...books.map(({ tickMilliseconds }) => tickMilliseconds));
  const tickRatio = slowest / (smallest?.tickMilliseconds ?? Number.NaN);
  const growth = (largest?.memoryMegabytes ?? Number.NaN) - (smallest?.memoryMegabytes ?? Number.NaN);
  const rateRatio = median(ratesOf(firing));
  const atMost = (name: string, value: number, limit: number): Goal => ({
    name: `${name} <= ${limit}`,
    value,
    isMet: value <= limit,
  });
  return [
    atMost('a move that fires nothing, any book to the smallest', tickRatio, MAX_TICK_RATIO),
    atMost('memory from the smallest book to the largest, MB', growth, MAX_GROWTH_MEGABYTES),
    {
      name: `orders fired, to market orders >= ${MIN_RATE_RATIO}`,
      value: rateRatio,
      isMet: rateRatio >= MIN_RATE_RATIO,
    },
    atMost(
      `a move past ${TRAILING_ORDERS} trailing stops that fires none, ms`,
      trailing.tickMilliseconds,
      MAX_TRAILING_TICK_MILLISECONDS,
    ),
    { name: 'violations found by the audit = 0', value: firing.violations, isMet: firing.violations === 0 },
  ];
}

/** Of each round: the machine drifts, so only figures of the same minute are compared. */
function ratesOf({ marketPerSecond, firedPerSecond }: RateFigures): number[] {
  return firedPerSecond.map((fired, round) => fired / (marketPerSecond[round] ?? Number.NaN));
}

export function reportTriggers(result: TriggersResult): string {
  const { books, trailing, firing, commit, goals } = result;
  const row = (label: string, book: QuietBook) =>
    `  ${String(book.orders).padStart(9)} ${label}: a move ${book.tickMilliseconds.toFixed(3)} ms, a new high ${book.newHighMilliseconds.toFixed(3)} ms, memory ${book.memoryMegabytes.toFixed(0)} MB (${book.residentMegabytes.toFixed(0)} MB with pages of the file), start ${Math.round(book.startMilliseconds)} ms`;
  return [
    '',
    'waiting orders: moves that fire nothing (medians), and 10000 that fire at one price',
    ...books.map((book) => row('limits and stops', book)),
    row('trailing stops  ', trailing),
    `  fired ${Math.round(median(firing.firedPerSecond))}/s, market orders ${Math.round(median(firing.marketPerSecond))}/s, ratio ${formatSummary(summarize(ratesOf(firing)), 2)}`,
    `  commit ${commit}, Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}, LMDB with a flush before each answer`,
    ...goals.map((goal) => `  ${goal.isMet ? 'met   ' : 'MISSED'} ${goal.name} (${goal.value.toFixed(3)})`),
  ].join('\n');
}
