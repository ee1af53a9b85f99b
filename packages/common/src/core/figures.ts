/** The labels of a sample, such as `{ reason: 'future' }`. */
export type FigureLabels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels: FigureLabels;
  value: number;
}

/** A number of this process that `/metrics` shows, by labels. */
export interface Figure {
  readonly kind: 'counter' | 'gauge';
  /** `cnop_`, what is measured, and its unit. */
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  samples(): Iterable<Readonly<Sample>>;
}

type FigureDefinition = Pick<Figure, 'name' | 'help' | 'labelNames'>;

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

function define(kind: Figure['kind'], definition: FigureDefinition): (labels: FigureLabels) => Sample {
  const samples = new Map<string, Sample>();
  figures.set(definition.name, { ...definition, kind, samples: () => samples.values() });
  return (labels) => {
    const key = definition.labelNames.map((name) => labels[name]).join('\n');
    const sample = samples.get(key) ?? { labels, value: 0 };
    samples.set(key, sample);
    return sample;
  };
}
