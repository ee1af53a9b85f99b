const PERCENT = 100;
const BOOTSTRAP_SAMPLES = 2_000;
const INTERVAL_TAIL = 0.025;

/** Returns the median of the values; `NaN` without any. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * Returns a quantile, interpolated linearly.
 * @param share 0 to 1
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** The median and range of a figure over all rounds. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Bootstrap interval of the median, 95 %. */
  readonly interval: readonly [low: number, high: number];
}

/** Summarizes a figure that was measured once per round. */
export function summarize(values: readonly number[]): Summary {
  const medians = Array.from({ length: BOOTSTRAP_SAMPLES }, () => median(resample(values)));
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    interval: [quantile(medians, INTERVAL_TAIL), quantile(medians, 1 - INTERVAL_TAIL)],
  };
}

function resample(values: readonly number[]): number[] {
  return values.map(() => values[Math.floor(Math.random() * values.length)] ?? Number.NaN);
}

/** Formats a summary, such as `0.312 [0.290, 0.334]`. */
export function formatSummary({ median: middle, interval }: Summary, digits = 3): string {
  return `${middle.toFixed(digits)} [${interval.map((bound) => bound.toFixed(digits)).join(', ')}]`;
}

/** Formats a share of one as a percentage. */
export function formatPercent(share: number): string {
  return `${Math.round(share * PERCENT)} %`;
}
