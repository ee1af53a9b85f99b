import { readFileSync } from 'node:fs';
import { verifyStore } from '@cnop/standalone/verify/audit-store';
import { median } from './statistics.ts';
import type { BenchMarket } from './triggers-market.ts';
import { openBenchMarket } from './triggers-market.ts';
import { fundTraders, measureRates } from './triggers-rates.ts';

// A process of its own for each book, so that its memory is that of the engine and what it watches, and not of whoever
// filled the book. It says what it measured as one line of JSON.

const WARM_UP_TICKS = 200;
const TICKS = 2_000;
const RATE_ROUNDS = 5;
const RATE_ORDERS = 10_000;

export interface QuietFigures {
  readonly startMilliseconds: number;
  /** Of price moves that fire nothing. */
  readonly tickMilliseconds: number;
  /** Of those that are a new high, which trailing stops have on disk. */
  readonly newHighMilliseconds: number;
  /** Without the pages of the store's file, which belong to the system and are taken back when it needs them. */
  readonly memoryMegabytes: number;
  readonly residentMegabytes: number;
}

export interface RateFigures {
  readonly marketPerSecond: readonly number[];
  readonly firedPerSecond: readonly number[];
  readonly violations: number;
}

async function measureQuiet(path: string): Promise<QuietFigures> {
  const began = performance.now();
  const market = await openBenchMarket(path);
  const startMilliseconds = performance.now() - began;
  await walk(market, WARM_UP_TICKS);
  const tickMilliseconds = median(await walk(market, TICKS));
  const highs: number[] = [];
  for (let i = 0; i < WARM_UP_TICKS; i++) highs.push(await market.price(`106.${String(i).padStart(4, '0')}`));
  const figures = {
    startMilliseconds,
    tickMilliseconds,
    newHighMilliseconds: median(highs),
    memoryMegabytes: megabytesOf('RssAnon'),
    residentMegabytes: megabytesOf('VmRSS'),
  };
  await market.close();
  return figures;
}

/** Up and down between 95 and 105: far from everything that waits, and most of the time no new high. */
async function walk(market: BenchMarket, ticks: number): Promise<number[]> {
  const milliseconds: number[] = [];
  let cents = 10_000;
  for (let i = 0; i < ticks; i++) {
    cents = Math.min(10_500, Math.max(9_500, cents + Math.round((Math.random() - 0.5) * 40)));
    milliseconds.push(
      await market.price(`${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`),
    );
  }
  return milliseconds;
}

async function measureFiring(path: string): Promise<RateFigures> {
  const market = await openBenchMarket(path);
  const traders = await fundTraders(market);
  const marketPerSecond: number[] = [];
  const firedPerSecond: number[] = [];
  // The first round warms up. Each one goes a little lower than the one before it.
  for (let round = 0; round <= RATE_ROUNDS; round++) {
    const rates = await measureRates(market, { traders, orders: RATE_ORDERS, stop: String(90 - round) });
    if (round === 0) continue;
    marketPerSecond.push(rates.market);
    firedPerSecond.push(rates.fired);
  }
  await market.engine.close();
  const { violation_count: violations } = await verifyStore(market.store);
  await market.store.close();
  return { marketPerSecond, firedPerSecond, violations };
}

function megabytesOf(field: string): number {
  const line = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(line?.[1] ?? 0) / 1_024;
}

const [what, path = ''] = process.argv.slice(2);
const figures = what === 'firing' ? await measureFiring(path) : await measureQuiet(path);
console.log(JSON.stringify(figures));
