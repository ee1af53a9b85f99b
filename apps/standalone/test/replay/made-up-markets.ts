import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A generated market: candles on a random walk, the same each time. */
export interface MadeUpMarket {
  /** Name of the file, which begins with the asset's id. */
  readonly file: string;
  readonly price: number;
  readonly digits: number;
  readonly spanMinutes: number;
  readonly candles: number;
  /** The step of the price from one candle to the next, as a share. */
  readonly step: number;
}

/** Markets that the replay once reported as faults of the engine. */
export const MARKETS = {
  'ninety days of hourly ETH': {
    file: 'ETH-1h.csv',
    price: 1_640,
    digits: 2,
    spanMinutes: 60,
    candles: 90 * 24,
    step: 0.008,
  },
  'SHIB at a hundred-thousandth': {
    file: 'SHIB-5m.csv',
    price: 0.00001,
    digits: 8,
    spanMinutes: 5,
    candles: 600,
    step: 0.008,
  },
  'whole-number prices near 8': {
    file: 'WHOLE-1h.csv',
    price: 8,
    digits: 0,
    spanMinutes: 60,
    candles: 500,
    step: 0.05,
  },
  'BTC in yen': {
    file: 'BTC-JPY-5m.csv',
    price: 15_300_000,
    digits: 0,
    spanMinutes: 5,
    candles: 600,
    step: 0.008,
  },
} as const satisfies Readonly<Record<string, MadeUpMarket>>;

const HEADER = 'open_time,open,high,low,close';

/** Returns the lines of a CSV file of a market. */
export function rowsOf({ price, digits, spanMinutes, candles, step }: MadeUpMarket): string[] {
  const draw = drawsFrom(7);
  const smallest = 10 ** -digits;
  const show = (value: number) => Math.max(value, smallest).toFixed(digits);
  let last = price;
  const rows = Array.from({ length: candles }, (_, i) => {
    const open = last;
    // Back towards where it began, so that a whole-number price stays near 8.
    last = open * (1 + step * (draw() - 0.5) * 2) * (price / open) ** 0.02;
    const high = Math.max(open, last) * (1 + (step * draw()) / 2);
    const low = Math.min(open, last) * (1 - (step * draw()) / 2);
    const openTime = new Date(Date.UTC(2023, 2, 1, 0, i * spanMinutes)).toISOString();
    return [openTime, ...[open, high, low, last].map(show)].join(',');
  });
  return [HEADER, ...rows];
}

/** Writes a file into a temporary folder and deletes it after use. */
export async function withPriceFile<T>(
  name: string,
  rows: readonly string[],
  use: (file: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'cnop-test-'));
  const file = join(folder, name);
  await writeFile(file, rows.join('\n'));
  try {
    return await use(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Returns a generator of numbers from 0 to 1 (mulberry32). */
function drawsFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
