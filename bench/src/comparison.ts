import autocannon from 'autocannon';
import { cpuMicroseconds } from './process-cpu.ts';
import type { Summary } from './statistics.ts';
import { median, summarize } from './statistics.ts';

/** One side of a comparison: a server and the requests it gets. */
type Case = Pick<LoadOptions, 'url' | 'pid' | 'requests'>;

interface ComparisonOptions {
  readonly subject: Case;
  readonly yardstick: Case;
  readonly connections: number;
  readonly isHot: boolean;
  readonly rounds: number;
  readonly secondsPerRound: number;
  readonly warmUpSeconds: number;
  readonly onRound?: (round: number, subject: Round, yardstick: Round) => void;
}

/** The ratios of the subject to the yardstick, and the figures of both. */
export interface Comparison {
  readonly throughputRatio: Summary;
  readonly cpuRatio: Summary;
  readonly p99Ratio: Summary;
  readonly subject: Figures;
  readonly yardstick: Figures;
}

/** The medians of the rounds of one server. */
interface Figures {
  readonly requestsPerSecond: number;
  readonly cpuMicrosecondsPerRequest: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly failures: number;
  readonly maxClientShare: number;
}

/**
 * Measures a server against a yardstick in alternating rounds (ABBA). Only figures of the same minute are compared, since
 * the speed of the machine drifts by a factor of two.
 */
export async function compare(options: ComparisonOptions): Promise<Comparison> {
  const { subject, yardstick, connections, isHot, rounds, secondsPerRound, warmUpSeconds } = options;
  const run = (each: Case, seconds: number) => runRound({ ...each, connections, isHot, seconds });
  await run(subject, warmUpSeconds);
  await run(yardstick, warmUpSeconds);

  const subjectRounds: Round[] = [];
  const yardstickRounds: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const subjectFirst = round % 2 === 0;
    const first = await run(subjectFirst ? subject : yardstick, secondsPerRound);
    const second = await run(subjectFirst ? yardstick : subject, secondsPerRound);
    const [ofSubject, ofYardstick] = subjectFirst ? [first, second] : [second, first];
    subjectRounds.push(ofSubject);
    yardstickRounds.push(ofYardstick);
    options.onRound?.(round + 1, ofSubject, ofYardstick);
  }
  const ratios = (figure: (round: Round) => number): Summary =>
    summarize(subjectRounds.map((round, i) => figure(round) / figure(yardstickRounds[i] ?? round)));
  return {
    throughputRatio: ratios((round) => round.requestsPerSecond),
    cpuRatio: ratios((round) => round.cpuMicrosecondsPerRequest),
    p99Ratio: ratios((round) => round.p99Milliseconds),
    subject: figuresOf(subjectRounds),
    yardstick: figuresOf(yardstickRounds),
  };
}

function figuresOf(rounds: readonly Round[]): Figures {
  const middle = (figure: (round: Round) => number) => median(rounds.map(figure));
  return {
    requestsPerSecond: middle((round) => round.requestsPerSecond),
    cpuMicrosecondsPerRequest: middle((round) => round.cpuMicrosecondsPerRequest),
    p50Milliseconds: middle((round) => round.p50Milliseconds),
    p99Milliseconds: middle((round) => round.p99Milliseconds),
    failures: rounds.reduce((sum, round) => sum + round.failures, 0),
    maxClientShare: Math.max(...rounds.map((round) => round.clientShare)),
  };
}

const MICROSECONDS_PER_SECOND = 1_000_000;

/** A request that the load sends repeatedly. */
export interface RequestTemplate {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface LoadOptions {
  readonly url: string;
  readonly pid: number;
  /** Each connection cycles through its own share of these requests. */
  readonly requests: readonly RequestTemplate[];
  readonly connections: number;
  /**
   * Makes each connection cycle through all requests instead. Answers of one commit arrive together, so the connections
   * keep step and use the same account at a time.
   */
  readonly isHot: boolean;
  readonly seconds: number;
}

/** The figures of one round of load. */
interface Round {
  readonly requestsPerSecond: number;
  /** Server CPU time for each answered request. */
  readonly cpuMicrosecondsPerRequest: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly failures: number;
  /** Share of one core that the client used; near 1, the client was the limit. */
  readonly clientShare: number;
}

/** Loads a server for some seconds: closed loop, without pipelining. */
async function runRound(options: LoadOptions): Promise<Round> {
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
    // A connection encodes all of its requests before it sends one, so it gets only its share.
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
