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
/** The requests of probes and of Prometheus are no load. */
const OWN_ROUTES = /^\/(?:health|metrics)/;

/** The requests that a process has answered since its start. */
export interface AnsweredRequests {
  readonly count: number;
  /** Answers with a status of 500 or more. */
  readonly failed: number;
  /** The number of requests that took at most a time, by that time in seconds, ascending. */
  readonly buckets: ReadonlyMap<number, number>;
}

/** Counts the answered requests of a process, without those for its health and metrics. */
export function countRequests(samples: readonly Sample[]): AnsweredRequests {
  let [count, failed] = [0, 0];
  const buckets = new Map<number, number>();
  for (const { name, labels, value } of samples) {
    if (OWN_ROUTES.test(labels['route'] ?? '')) continue;
    if (name === `${DURATION}_count`) {
      count += value;
      if (Number(labels['status']) >= 500) failed += value;
    } else if (name === `${DURATION}_bucket`) {
      const seconds = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
      buckets.set(seconds, (buckets.get(seconds) ?? 0) + value);
    }
  }
  return { count, failed, buckets };
}

const TAIL = 0.99;

/**
 * Returns the time in seconds within which 99 % of the requests between two readings were answered, as the upper bound of
 * a bucket: Infinity above the largest one, undefined without requests.
 */
export function tailSeconds(before: AnsweredRequests, after: AnsweredRequests): number | undefined {
  const count = after.count - before.count;
  if (count <= 0) return undefined;
  for (const [seconds, total] of [...after.buckets].toSorted(([one], [other]) => one - other)) {
    if (total - (before.buckets.get(seconds) ?? 0) >= count * TAIL) return seconds;
  }
  return Infinity;
}
