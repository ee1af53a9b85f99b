import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import { statusOf } from './programs.ts';
import type { Figures } from './read-metrics.ts';
import { parseMetrics, readFigures, tailSeconds } from './read-metrics.ts';
import type { Member } from './run-cluster.ts';

const TIMEOUT_MILLISECONDS = 900;
/** Rates and times are those of this period. */
const PERIOD_MILLISECONDS = 10_000;
const OK = 200;

/** The state of a process: by its system process, and by what it says of itself. */
export type State = 'ready' | 'not ready' | 'no answer' | 'starting' | 'ended';

/** What the status shows of one process. Absent figures are not known, since the process has or serves none. */
export interface Status {
  readonly name: string;
  readonly state: State;
  readonly pid: number | undefined;
  readonly requestsPerSecond?: number | undefined;
  readonly tailSeconds?: number | undefined;
  /** Answers with a status of 500 or more since the start of the process. */
  readonly failures?: number | undefined;
  /** Whether the process makes prices. */
  readonly isLeader?: boolean | undefined;
  /** The time within which 99 % of the triggered orders were executed. */
  readonly lagSeconds?: number | undefined;
}

interface Reading {
  readonly atMilliseconds: number;
  readonly figures: Figures;
}

/** Creates a reader of the status of all processes, to be called about once a second. */
export function createStatusReader(members: readonly Member[]): () => Promise<readonly Status[]> {
  const readers = members.map(createMemberReader);
  return () => Promise.all(readers.map((read) => read()));
}

function createMemberReader({ process, plan }: Member): () => Promise<Status> {
  let readings: Reading[] = [];
  let wasReady = false;
  return async () => {
    const { name, pid } = process;
    if (pid === undefined) {
      [readings, wasReady] = [[], false];
      return { name, pid, state: 'ended' };
    }
    // The servers of the store and of messages report no health here.
    if (!plan) return { name, pid, state: 'ready' };
    const [status, figures] = await Promise.all([
      statusOf(`${plan.url}/health/ready`, TIMEOUT_MILLISECONDS),
      plan.metricsUrl === undefined ? undefined : fetchFigures(`${plan.metricsUrl}/metrics`),
    ]);
    wasReady ||= status === OK;
    const state =
      status === OK ? 'ready' : status !== undefined ? 'not ready' : wasReady ? 'no answer' : 'starting';
    if (!figures) return { name, pid, state };
    const reading = { atMilliseconds: performance.now(), figures };
    readings = [...readings.filter((each) => isComparable(each, reading)), reading];
    return { name, pid, state, ...compare(readings[0] ?? reading, reading) };
  };
}

/** Returns whether an earlier reading is of the same run and of the period. */
function isComparable(earlier: Reading, { atMilliseconds, figures }: Reading): boolean {
  const isRecent = atMilliseconds - earlier.atMilliseconds <= PERIOD_MILLISECONDS;
  return isRecent && earlier.figures.requests.count <= figures.requests.count;
}

function compare(before: Reading, after: Reading): Partial<Status> {
  const seconds = (after.atMilliseconds - before.atMilliseconds) / MILLISECONDS_PER_SECOND;
  const { requests, triggerLag, failures, isLeader } = after.figures;
  return {
    requestsPerSecond: seconds > 0 ? (requests.count - before.figures.requests.count) / seconds : 0,
    tailSeconds: tailSeconds(before.figures.requests, requests),
    failures,
    isLeader,
    lagSeconds: tailSeconds(before.figures.triggerLag, triggerLag),
  };
}

async function fetchFigures(url: string): Promise<Figures | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
    return readFigures(parseMetrics(await response.text()));
  } catch {
    return undefined;
  }
}
