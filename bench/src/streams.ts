import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMicroseconds, residentMegabytes } from './process-cpu.ts';
import type { Goal } from './run-benchmark.ts';
import type { StandaloneUnderLoad, Trader } from './standalone-under-load.ts';
import { startStandaloneUnderLoad } from './standalone-under-load.ts';
import { median } from './statistics.ts';

const MAX_GROWTH_MEGABYTES = 100;
const MAX_TICK_MILLISECONDS = 250;
/** The pause after sign-ups, so that their garbage does not count. */
const SETTLING_MILLISECONDS = 2_000;
const IDLE_MILLISECONDS = 10_000;
const ASSET = 'DOGE';
/** Longer than the time in which a stream merges the prices of one asset. */
const BETWEEN_TICKS_MILLISECONDS = 400;
const SERVER_CORE = 1;
/** Prices change only when the benchmark sets one, without a limit on its steps. */
const MANUAL_PRICES = { PRICE_FEED: 'manual', PRICE_MANUAL_MAX_PERCENT: '1000000' };

interface StreamsOptions {
  readonly streams: number;
  readonly ticks: number;
  readonly isUnpinned: boolean;
  readonly print: (line: string) => void;
}

interface Figures {
  readonly growthMegabytes: number;
  /** Share of a core that the server uses while streams are idle. */
  readonly idleCpuShare: number;
  /** Time from setting a price to its arrival on the last stream. */
  readonly tickMilliseconds: readonly number[];
}

export interface StreamsResult extends Figures {
  readonly streams: number;
  readonly stopMilliseconds: number;
  readonly commit: string;
  readonly goals: readonly Goal[];
}

/** Measures the memory and CPU time of idle streams, and the time until a price is on all of them. */
export async function runStreamsBenchmark(options: StreamsOptions): Promise<StreamsResult> {
  const core = cpus().length > 1 && !options.isUnpinned ? SERVER_CORE : undefined;
  const platform = await startStandaloneUnderLoad({ core, environment: MANUAL_PRICES });
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
    // A new price each time, without a trailing zero, which would not be sent.
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

/** Formats the result for a terminal. */
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

const STREAM_PATH = '/api/v1/stream?prices=all';
/** Files that the process opens besides the streams. */
const OTHER_FILES = 200;
/** Connections opened at once. */
const OPENED_AT_ONCE = 50;

/** Open streams and their client, which does little work since it shares the machine with the server. */
interface OpenStreams {
  /** Resolves when a text has arrived on every stream, with the time of `performance.now`. */
  whenAllHave(text: string): Promise<number>;
  close(): void;
}

/** Opens one stream for each trader. */
async function openStreams(url: string, traders: readonly Trader[]): Promise<OpenStreams> {
  assertFilesAllowed(traders.length);
  const sockets: Socket[] = [];
  for (let first = 0; first < traders.length; first += OPENED_AT_ONCE) {
    const some = traders.slice(first, first + OPENED_AT_ONCE);
    sockets.push(...(await Promise.all(some.map((trader) => openStream(url, trader)))));
  }
  const missing = new Set<Socket>();
  let awaited: Buffer = Buffer.of();
  let arrived: (atMilliseconds: number) => void = () => undefined;
  for (const socket of sockets) {
    socket.on('data', (chunk) => {
      if (!missing.has(socket) || !chunk.includes(awaited)) return;
      missing.delete(socket);
      if (missing.size === 0) arrived(performance.now());
    });
  }
  return {
    whenAllHave: (text) =>
      new Promise((resolve) => {
        awaited = Buffer.from(text);
        arrived = resolve;
        for (const socket of sockets) missing.add(socket);
      }),
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function openStream(url: string, { authorization }: Trader): Promise<Socket> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${STREAM_PATH} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization}\r\n\r\n`);
  const [head] = (await once(socket, 'data')) as [Buffer];
  if (!head.toString('latin1').startsWith('HTTP/1.1 200')) throw new Error(`no stream: ${head.toString()}`);
  return socket;
}

/**
 * Asserts that the process may open enough files; Node has raised its own limit to the maximum.
 * @throws Error when the system allows fewer files
 */
function assertFilesAllowed(streams: number): void {
  const allowed = Number(/Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
  if (allowed < streams + OTHER_FILES) {
    throw new Error(
      `${streams} streams need ${streams + OTHER_FILES} open files, and ${allowed} are allowed`,
    );
  }
}
