import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import { cpuMicroseconds } from './process-cpu.ts';
import type { StandaloneUnderLoad, Trader } from './standalone-under-load.ts';
import { startStandaloneUnderLoad } from './standalone-under-load.ts';
import type { Summary } from './statistics.ts';
import { formatSummary, median, quantile, summarize } from './statistics.ts';

const TRADERS = 64;
const WARM_UP_SECONDS = 6;
const CREATED = 201;
const P50 = 0.5;
const P99 = 0.99;
/** The goal: the median latency of orders with all traces recorded, to that without traces. */
const GOAL_RATIO = 1.1;
const ORDER = JSON.stringify({ asset_id: 'DOGE', order_type: 'market_buy', quantity: '1' });

/** The share of recorded traces of each server; the first has traces off. */
const SHARES = [undefined, 0.01, 1] as const;

interface TracingBenchmarkOptions {
  /** Orders that are sent a second, however fast they are answered. */
  readonly rate: number;
  readonly rounds: number;
  readonly secondsPerRound: number;
  readonly isUnpinned: boolean;
  readonly print: (line: string) => void;
}

/** The figures of a server in one round. */
interface Round {
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly cpuMicroseconds: number;
}

/** The medians of the rounds of one server, and their ratios to the same rounds without traces. */
interface TracedFigures {
  /** Undefined: traces are off. */
  readonly share: number | undefined;
  readonly figures: Round;
  readonly p50Ratio: Summary;
  readonly p99Ratio: Summary;
  readonly cpuRatio: Summary;
}

interface TracingResult {
  readonly servers: readonly TracedFigures[];
  readonly megabytesReceived: number;
  readonly violations: number;
  readonly orders: number;
  readonly goals: readonly { readonly name: string; readonly value: number; readonly isMet: boolean }[];
}

interface TracedServer {
  readonly share: number | undefined;
  readonly platform: StandaloneUnderLoad;
  readonly traders: readonly Trader[];
  readonly rounds: Round[];
}

/**
 * Measures orders at a fixed rate on three servers in turns: without traces, with one trace in a hundred, and with all.
 * The client receives the traces. The audit of each store must be clean.
 */
export async function runTracingBenchmark(options: TracingBenchmarkOptions): Promise<TracingResult> {
  const receiver = await startReceiver();
  const servers: TracedServer[] = [];
  for (const share of SHARES) servers.push(await startTraced(share, receiver.endpoint, options));
  for (const server of servers) await runRound(server, { ...options, seconds: WARM_UP_SECONDS });
  for (let round = 0; round < options.rounds; round++) {
    // Each server is first, second and last equally often.
    const turn = servers.map((_, i) => servers[(i + round) % servers.length]);
    for (const server of turn) {
      if (server)
        server.rounds.push(await runRound(server, { ...options, seconds: options.secondsPerRound }));
    }
    const medians = servers.map(({ rounds }) => rounds.at(-1)?.p50Milliseconds.toFixed(1));
    options.print(`round ${round + 1} of ${options.rounds}: p50 ${medians.join(', ')} ms`);
  }
  const audits = [];
  for (const { platform } of servers) audits.push(await platform.stopAndVerify());
  receiver.close();
  const figures = servers.map((server) => figuresOf(server, servers[0] ?? server));
  const value = figures.at(-1)?.p50Ratio.median ?? Number.NaN;
  const violations = audits.reduce((sum, audit) => sum + audit.violations, 0);
  return {
    servers: figures,
    megabytesReceived: receiver.megabytes(),
    violations,
    orders: audits.reduce((sum, audit) => sum + audit.orders, 0),
    goals: [
      {
        name: `median latency of an order with all traces recorded at most ${GOAL_RATIO} of that without`,
        value,
        isMet: value <= GOAL_RATIO,
      },
      { name: 'no violations', value: violations, isMet: violations === 0 },
    ],
  };
}

async function startTraced(
  share: number | undefined,
  endpoint: string,
  { isUnpinned }: TracingBenchmarkOptions,
): Promise<TracedServer> {
  const platform = await startStandaloneUnderLoad({
    core: isUnpinned ? undefined : 0,
    environment:
      share === undefined
        ? {}
        : {
            OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
            OTEL_TRACES_SAMPLER: 'traceidratio',
            OTEL_TRACES_SAMPLER_ARG: String(share),
          },
  });
  return { share, platform, traders: await platform.traders(TRADERS), rounds: [] };
}

/** Starts a receiver of traces that counts their bytes. */
async function startReceiver() {
  let bytes = 0;
  const server = createServer((traces, response) => {
    traces.on('data', (chunk: Buffer) => (bytes += chunk.length));
    traces.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    megabytes: () => bytes / 1_000_000,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * Sends orders at the rate, each at its time even when earlier ones are not answered yet.
 * @throws Error when an order is refused
 */
async function runRound(
  { platform: { server }, traders }: TracedServer,
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
): Promise<Round> {
  const agent = new Agent({ keepAlive: true });
  const url = new URL('/api/v1/orders', server.url);
  const orders: Promise<number>[] = [];
  const cpuBefore = cpuMicroseconds(server.pid);
  const start = performance.now();
  for (let i = 0; i < rate * seconds; i++) {
    await sleep(Math.max(0, start + (i * MILLISECONDS_PER_SECOND) / rate - performance.now()));
    orders.push(placeOrder(url, agent, traders[i % traders.length]));
  }
  const latencies = await Promise.all(orders);
  agent.destroy();
  return {
    p50Milliseconds: quantile(latencies, P50),
    p99Milliseconds: quantile(latencies, P99),
    cpuMicroseconds: (cpuMicroseconds(server.pid) - cpuBefore) / latencies.length,
  };
}

/** Returns the milliseconds until an order is answered. */
async function placeOrder(url: URL, agent: Agent, trader: Trader | undefined): Promise<number> {
  const sentAt = performance.now();
  const headers = { ...trader, 'content-type': 'application/json', 'content-length': ORDER.length };
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === CREATED) resolve(performance.now() - sentAt);
        else reject(new Error(`an order got status ${response.statusCode}`));
      });
    })
      .once('error', reject)
      .end(ORDER);
  });
}

function figuresOf({ share, rounds }: TracedServer, { rounds: untraced }: TracedServer): TracedFigures {
  const middle = (figure: (round: Round) => number) => median(rounds.map(figure));
  const ratio = (figure: (round: Round) => number) =>
    summarize(rounds.map((round, i) => figure(round) / figure(untraced[i] ?? round)));
  return {
    share,
    figures: {
      p50Milliseconds: middle((round) => round.p50Milliseconds),
      p99Milliseconds: middle((round) => round.p99Milliseconds),
      cpuMicroseconds: middle((round) => round.cpuMicroseconds),
    },
    p50Ratio: ratio((round) => round.p50Milliseconds),
    p99Ratio: ratio((round) => round.p99Milliseconds),
    cpuRatio: ratio((round) => round.cpuMicroseconds),
  };
}

/** Returns the result as a table. */
export function reportTracing({
  servers,
  megabytesReceived,
  orders,
  violations,
  goals,
}: TracingResult): string {
  const label = (share: number | undefined) => (share === undefined ? 'off' : `${share * 100} %`).padEnd(6);
  return [
    '',
    ...servers.map(
      ({ share, figures, p50Ratio, p99Ratio, cpuRatio }) =>
        `  ${label(share)} p50 ${figures.p50Milliseconds.toFixed(2)} ms, ${formatSummary(p50Ratio, 2)} of off; p99 ${figures.p99Milliseconds.toFixed(1)} ms, ${formatSummary(p99Ratio, 2)}; CPU ${Math.round(figures.cpuMicroseconds)} µs, ${formatSummary(cpuRatio, 2)}`,
    ),
    `  ${megabytesReceived.toFixed(1)} MB of traces received, ${orders} orders audited, ${violations} violations`,
    ...goals.map((goal) => `  ${goal.isMet ? 'met   ' : 'MISSED'} ${goal.name} (${goal.value.toFixed(2)})`),
  ].join('\n');
}
