import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStreams } from './open-streams.ts';
import { cpuMicroseconds, residentMegabytes } from './process-cpu.ts';
import type { Goal } from './run-benchmark.ts';
import type { StandaloneUnderLoad } from './standalone-under-load.ts';
import { startStandaloneUnderLoad } from './standalone-under-load.ts';
import { median } from './statistics.ts';

const MAX_GROWTH_MEGABYTES = 100;
const MAX_TICK_MILLISECONDS = 250;
/** What signing up has left behind shall not count. */
const SETTLING_MILLISECONDS = 2_000;
const IDLE_MILLISECONDS = 10_000;
const ASSET = 'DOGE';
/** More than the time in which prices of one asset are put together. */
const BETWEEN_TICKS_MILLISECONDS = 400;
const SERVER_CORE = 1;

export interface StreamsOptions {
  readonly streams: number;
  readonly ticks: number;
  readonly isUnpinned: boolean;
  readonly print: (line: string) => void;
}

interface Figures {
  readonly growthMegabytes: number;
  /** Share of a core that the server uses while nothing happens. */
  readonly idleCpuShare: number;
  /** From just before the price is set to the last stream that has it. */
  readonly tickMilliseconds: readonly number[];
}

export interface StreamsResult extends Figures {
  readonly streams: number;
  readonly stopMilliseconds: number;
  readonly commit: string;
  readonly goals: readonly Goal[];
}

/** What streams cost that lie idle, and how soon a price is on all of them. */
export async function runStreamsBenchmark(options: StreamsOptions): Promise<StreamsResult> {
  const core = cpus().length > 1 && !options.isUnpinned ? SERVER_CORE : undefined;
  const platform = await startStandaloneUnderLoad({ core, environment: { PRICE_FEED: 'manual' } });
  let figures: Figures;
  try {
    figures = await measure(platform, options);
  } catch (error) {
    await platform.server.stop();
    throw error;
  }
  const stopping = performance.now();
  const { violations } = await platform.stopAndVerify();
  return {
    ...figures,
    streams: options.streams,
    stopMilliseconds: performance.now() - stopping,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    goals: goalsOf(figures, violations),
  };
}

async function measure(platform: StandaloneUnderLoad, options: StreamsOptions): Promise<Figures> {
  const { url, pid } = platform.server;
  options.print(`Signing up ${options.streams} traders ...`);
  const traders = await platform.traders(options.streams);
  const { authorization } = await platform.administrator();
  await sleep(SETTLING_MILLISECONDS);

  const before = residentMegabytes(pid);
  const streams = await openStreams(url, traders);
  const cpuBefore = cpuMicroseconds(pid);
  await sleep(IDLE_MILLISECONDS);
  const idleCpuShare = (cpuMicroseconds(pid) - cpuBefore) / (IDLE_MILLISECONDS * 1_000);
  const growthMegabytes = residentMegabytes(pid) - before;
  options.print(`${options.streams} streams are open: ${growthMegabytes.toFixed(1)} MB more memory`);

  const tickMilliseconds: number[] = [];
  for (let tick = 1; tick <= options.ticks; tick++) {
    // Another price each time, and no zero at its end, which would not be sent.
    const price = `0.2${String(tick).padStart(4, '0')}1`;
    const arrived = streams.whenAllHave(`"mid":"${price}"`);
    const began = performance.now();
    await setPrice(url, authorization, price);
    tickMilliseconds.push((await arrived) - began);
    await sleep(BETWEEN_TICKS_MILLISECONDS);
  }
  return { growthMegabytes, idleCpuShare, tickMilliseconds };
}

function goalsOf({ growthMegabytes, tickMilliseconds }: Figures, violations: number): Goal[] {
  const slowest = Math.max(...tickMilliseconds);
  return [
    {
      name: `memory for the streams, MB < ${MAX_GROWTH_MEGABYTES}`,
      value: growthMegabytes,
      isMet: growthMegabytes < MAX_GROWTH_MEGABYTES,
    },
    {
      name: `slowest tick on all streams, ms < ${MAX_TICK_MILLISECONDS}`,
      value: slowest,
      isMet: slowest < MAX_TICK_MILLISECONDS,
    },
    { name: 'violations found by the audit = 0', value: violations, isMet: violations === 0 },
  ];
}

async function setPrice(url: string, authorization: string, price: string): Promise<void> {
  const response = await fetch(`${url}/api/v1/inventory/assets/${ASSET}/price`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ price }),
  });
  if (!response.ok) throw new Error(`the price was refused: ${await response.text()}`);
  await response.body?.cancel();
}

export function reportStreams(result: StreamsResult): string {
  const { tickMilliseconds, streams, growthMegabytes, idleCpuShare, stopMilliseconds, commit } = result;
  const ticks = `median ${median(tickMilliseconds).toFixed(0)} ms, max ${Math.max(...tickMilliseconds).toFixed(0)} ms over ${tickMilliseconds.length} ticks`;
  return [
    '',
    `${streams} idle streams on one process`,
    `  memory + ${growthMegabytes.toFixed(1)} MB (${((growthMegabytes * 1_024) / streams).toFixed(1)} KB each), idle CPU ${(idleCpuShare * 100).toFixed(1)} % of a core`,
    `  a price on all of them: ${ticks}`,
    `  stopped and audited within ${Math.round(stopMilliseconds)} ms`,
    `  commit ${commit}, Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}`,
    ...result.goals.map(
      (goal) => `  ${goal.isMet ? 'met   ' : 'MISSED'} ${goal.name} (${goal.value.toFixed(1)})`,
    ),
  ].join('\n');
}
