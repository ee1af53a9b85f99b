import autocannon from 'autocannon';
import { cpuMicroseconds } from './process-cpu.ts';

const MICROSECONDS_PER_SECOND = 1_000_000;

export interface RequestTemplate {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoadOptions {
  readonly url: string;
  readonly pid: number;
  /** Each connection has its own share of them and sends it in turn. */
  readonly requests: readonly RequestTemplate[];
  readonly connections: number;
  /**
   * Instead, each connection sends all of them in turn. As answers of one commit come together, the connections keep
   * step: all ask for the same user at a time.
   */
  readonly isHot: boolean;
  readonly seconds: number;
}

/** What one round of load gave. */
export interface Round {
  readonly requestsPerSecond: number;
  /** Server CPU for each answered request. */
  readonly cpuMicrosecondsPerRequest: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly failures: number;
  /** Share of one core that the client itself used: near 1, the client was the limit. */
  readonly clientShare: number;
}

/** Loads a server for some seconds, closed loop, without pipelining. */
export async function runRound(options: LoadOptions): Promise<Round> {
  const { url, pid, connections, isHot, seconds } = options;
  const requests = options.requests.map(({ method, path, headers, body }) => ({
    method,
    path,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body }),
  }));
  let opened = 0;
  const cpuBefore = cpuMicroseconds(pid);
  const clientBefore = process.cpuUsage();
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    pipelining: 1,
    // Every connection encodes all of its requests before it sends one, so it gets no more than it needs.
    requests: requests.slice(0, 1),
    setupClient: (client) => {
      const connection = opened++ % requests.length;
      client.setRequests(isHot ? requests : requests.filter((_, i) => i % connections === connection));
    },
  });
  const client = process.cpuUsage(clientBefore);
  const answered = result.requests.total;
  return {
    requestsPerSecond: answered / result.duration,
    cpuMicrosecondsPerRequest: (cpuMicroseconds(pid) - cpuBefore) / answered,
    p50Milliseconds: result.latency.p50,
    p99Milliseconds: result.latency.p99,
    failures: result.non2xx + result.errors + result.timeouts,
    clientShare: (client.user + client.system) / (result.duration * MICROSECONDS_PER_SECOND),
  };
}
