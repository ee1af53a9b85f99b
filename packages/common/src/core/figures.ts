/** The labels of a sample, such as `{ reason: 'future' }`. */
export type FigureLabels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels: FigureLabels;
  value: number;
}

interface FigureDefinition {
  /** `cnop_`, what is measured, and its unit. */
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** A distribution of observed values by labels. */
export interface Distribution {
  readonly labels: FigureLabels;
  /** The number of values in each bucket alone; the last one has those above all bounds. */
  readonly counts: number[];
  sum: number;
}

/** A number of this process that `/metrics` shows, by labels. */
export type Figure =
  | (FigureDefinition & {
      readonly kind: 'counter' | 'gauge';
      samples(): Iterable<Readonly<Sample>>;
    })
  | (FigureDefinition & {
      readonly kind: 'histogram';
      /** The upper bounds of the buckets, ascending. */
      readonly bounds: readonly number[];
      samples(): Iterable<Readonly<Distribution>>;
    });

/** The figures of this process. They need no client library, which a process loads only when it serves metrics. */
const figures = new Map<string, Figure>();

/** Returns the figures of this process. */
export function allFigures(): Iterable<Figure> {
  return figures.values();
}

/**
 * Defines a counter of this process. Define it once, as a constant of a module.
 * @returns a function that adds an amount, by default 1
 */
export function defineCounter(definition: FigureDefinition): (labels: FigureLabels, amount?: number) => void {
  const sampleOf = define('counter', definition);
  return (labels, amount = 1) => {
    sampleOf(labels).value += amount;
  };
}

/**
 * Defines a gauge of this process. Define it once, as a constant of a module.
 * @returns a function that sets the value
 */
export function defineGauge(definition: FigureDefinition): (labels: FigureLabels, value: number) => void {
  const sampleOf = define('gauge', definition);
  return (labels, value) => {
    sampleOf(labels).value = value;
  };
}

/**
 * Defines a gauge that is read at each scrape. Define it once, as a constant of a module.
 * @returns a function that sets how it is read
 */
export function defineReading(
  definition: FigureDefinition,
): (read: () => Iterable<Readonly<Sample>>) => void {
  let samples = (): Iterable<Readonly<Sample>> => [];
  figures.set(definition.name, { ...definition, kind: 'gauge', samples: () => samples() });
  return (read) => {
    samples = read;
  };
}

/**
 * Defines a histogram of this process. Define it once, as a constant of a module.
 * @returns a function that adds a value
 */
export function defineHistogram(
  definition: FigureDefinition & { readonly bounds: readonly number[] },
): (labels: FigureLabels, value: number) => void {
  const { name, labelNames, bounds } = definition;
  const samples = new Map<string, Distribution>();
  figures.set(name, { ...definition, kind: 'histogram', samples: () => samples.values() });
  return (labels, value) => {
    const key = keyOf(labelNames, labels);
    let distribution = samples.get(key);
    if (!distribution) {
      distribution = { labels, counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 };
      samples.set(key, distribution);
    }
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1;
    distribution.counts[bucket] = (distribution.counts[bucket] ?? 0) + 1;
    distribution.sum += value;
  };
}

function define(kind: 'counter' | 'gauge', definition: FigureDefinition): (labels: FigureLabels) => Sample {
  const samples = new Map<string, Sample>();
  figures.set(definition.name, { ...definition, kind, samples: () => samples.values() });
  return (labels) => {
    const key = keyOf(definition.labelNames, labels);
    const sample = samples.get(key) ?? { labels, value: 0 };
    samples.set(key, sample);
    return sample;
  };
}

function keyOf(names: readonly string[], labels: FigureLabels): string {
  if (names.length === 1) return labels[names[0] ?? ''] ?? '';
  return names.map((name) => labels[name]).join('\n');
}
