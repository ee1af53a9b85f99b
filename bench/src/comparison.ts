import type { LoadOptions, Round } from './load.ts';
import { runRound } from './load.ts';
import type { Summary } from './statistics.ts';
import { median, summarize } from './statistics.ts';

export type Case = Pick<LoadOptions, 'url' | 'pid' | 'requests'>;

export interface ComparisonOptions {
  readonly subject: Case;
  readonly yardstick: Case;
  readonly connections: number;
  readonly isHot: boolean;
  readonly rounds: number;
  readonly secondsPerRound: number;
  readonly warmUpSeconds: number;
  readonly onRound?: (round: number, subject: Round, yardstick: Round) => void;
}

export interface Comparison {
  readonly throughputRatio: Summary;
  readonly cpuRatio: Summary;
  readonly p99Ratio: Summary;
  readonly subject: Figures;
  readonly yardstick: Figures;
}

export interface Figures {
  readonly requestsPerSecond: number;
  readonly cpuMicrosecondsPerRequest: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly failures: number;
  readonly maxClientShare: number;
}

/**
 * Measures a server against a yardstick, round by round in turns (ABBA): only figures of the same minute are
 * compared, since the machine itself drifts by a factor of two.
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
