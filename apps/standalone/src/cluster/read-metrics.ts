/** A sample of the Prometheus text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^([a-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/i;
const LABEL = /([a-z_]\w*)="((?:[^"\\]|\\.)*)"/gi;

/** Parses the samples of a page of metrics; comments and lines that are no sample are left out. */
export function parseMetrics(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
    if (name === undefined) return [];
    const pairs = Array.from(labels.matchAll(LABEL), ([, label = '', content = '']): [string, string] => [
      label,
      content,
    ]);
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}

const DURATION = 'http_request_duration_seconds';
const TRIGGER_LAG = 'cnop_trigger_lag_seconds';
const LEADER = 'cnop_price_leader';
/** The requests of probes and of Prometheus are no load. */
const OWN_ROUTES = /^\/(?:health|metrics)/;

/** Observed times since the start of a process. */
export interface Times {
  readonly count: number;
  /** The number of observations of at most a time, by that time in seconds. */
  readonly buckets: ReadonlyMap<number, number>;
}

/** What the status needs of the metrics of a process. */
export interface Figures {
  readonly requests: Times;
  /** Answers with a status of 500 or more. */
  readonly failures: number;
  /** From the quote that triggered an order to its execution. */
  readonly triggerLag: Times;
  /** Whether the process makes prices; undefined where it cannot. */
  readonly isLeader: boolean | undefined;
}

/** Reads the figures of a process from its samples; requests for its health and metrics do not count. */
export function readFigures(samples: readonly Sample[]): Figures {
  const load = samples.filter(({ labels }) => !OWN_ROUTES.test(labels['route'] ?? ''));
  const failed = load.filter(
    ({ name, labels }) => name === `${DURATION}_count` && Number(labels['status']) >= 500,
  );
  const leader = samples.find(({ name }) => name === LEADER);
  return {
    requests: readTimes(load, DURATION),
    failures: failed.reduce((sum, { value }) => sum + value, 0),
    triggerLag: readTimes(samples, TRIGGER_LAG),
    isLeader: leader && leader.value === 1,
  };
}

function readTimes(samples: readonly Sample[], metric: string): Times {
  let count = 0;
  const buckets = new Map<number, number>();
  for (const { name, labels, value } of samples) {
    if (name === `${metric}_count`) count += value;
    else if (name === `${metric}_bucket`) {
      const seconds = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
      buckets.set(seconds, (buckets.get(seconds) ?? 0) + value);
    }
  }
  return { count, buckets };
}

const TAIL = 0.99;

/**
 * Returns the time in seconds that 99 % of the observations between two readings did not exceed, as the upper bound of a
 * bucket: Infinity above the largest one, undefined without observations.
 */
export function tailSeconds(before: Times, after: Times): number | undefined {
  const count = after.count - before.count;
  if (count <= 0) return undefined;
  for (const [seconds, total] of [...after.buckets].toSorted(([one], [other]) => one - other)) {
    if (total - (before.buckets.get(seconds) ?? 0) >= count * TAIL) return seconds;
  }
  return Infinity;
}
