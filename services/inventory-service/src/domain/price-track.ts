import { decimal, UNSIGNED_DECIMAL_PATTERN, ZERO } from '@cnop/common/core/money';

/** A price and when it was, in milliseconds since the epoch. */
export interface TrackPoint {
  readonly atMilliseconds: number;
  readonly mid: string;
}

/** The parts of its span at which a candle's four prices are played. */
const QUARTERS = 4;
/** Of a file with one line there is no telling. */
const DEFAULT_SPAN_MILLISECONDS = 60_000;
const CANDLE_COLUMNS = ['open', 'high', 'low', 'close'] as const;
const EPOCH_SECONDS_PATTERN = /^\d{10}$/;
const EPOCH_MILLISECONDS_PATTERN = /^\d{13}$/;
const MILLISECONDS_PER_SECOND = 1_000;

interface Row {
  readonly openTime: number;
  /** The prices of the row in the order in which they are played. */
  readonly prices: readonly string[];
}

/**
 * Reads a table of candles or of closes: comma-separated, with a line of names. `open_time` and `close` must be there;
 * with `open`, `high` and `low` as well each line is played as four prices, so that candles made of them are those of
 * the file. Other columns do not count.
 * @throws Error that names the line, when it is not such a table
 */
export function readPriceTrack(text: string): TrackPoint[] {
  const [header = '', ...lines] = text.split(/\r?\n/);
  const names = header.split(',').map((name) => name.trim());
  for (const name of ['open_time', 'close']) {
    if (!names.includes(name)) throw new Error(`line 1: there is no column ${name}`);
  }
  const columns = CANDLE_COLUMNS.every((name) => names.includes(name))
    ? CANDLE_COLUMNS
    : (['close'] as const);
  const timeIndex = names.indexOf('open_time');
  const priceIndexes = columns.map((name) => names.indexOf(name));
  const rows: Row[] = [];
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const cells = line.split(',');
    const row = readRow(
      cells[timeIndex],
      priceIndexes.map((index) => cells[index]),
    );
    if (!row) throw new Error(`line ${i + 2}: this is not a time and ${columns.join(', ')}`);
    if (row.openTime <= (rows.at(-1)?.openTime ?? -Infinity))
      throw new Error(`line ${i + 2}: time goes back`);
    rows.push(row);
  }
  if (rows.length === 0) throw new Error('there is no line with prices');
  return rows.flatMap(pointsOf(spanOf(rows)));
}

function readRow(time = '', prices: readonly (string | undefined)[]): Row | undefined {
  const openTime = readTime(time.trim());
  const texts = prices.map((price = '') => price.trim());
  if (Number.isNaN(openTime) || !texts.every(isPrice)) return undefined;
  const [open = '', high = '', low = '', close = ''] = texts;
  if (texts.length === 1) return { openTime, prices: texts };
  // What came first within a candle nobody knows; towards the close last is the shorter way.
  const isRising = decimal(close).gte(open);
  return { openTime, prices: isRising ? [open, low, high, close] : [open, high, low, close] };
}

function readTime(text: string): number {
  if (EPOCH_SECONDS_PATTERN.test(text)) return Number(text) * MILLISECONDS_PER_SECOND;
  return EPOCH_MILLISECONDS_PATTERN.test(text) ? Number(text) : Date.parse(text);
}

function isPrice(text: string): boolean {
  return UNSIGNED_DECIMAL_PATTERN.test(text) && decimal(text).gt(ZERO);
}

function spanOf([first, second]: readonly Row[]): number {
  return first && second ? second.openTime - first.openTime : DEFAULT_SPAN_MILLISECONDS;
}

/** The last price of a row ends its span; those before it come at equal distances from its beginning. */
function pointsOf(spanMilliseconds: number): (row: Row) => TrackPoint[] {
  return ({ openTime, prices }) =>
    prices.map((mid, i) => ({
      atMilliseconds: openTime + ((QUARTERS - prices.length + i) * spanMilliseconds) / QUARTERS,
      mid,
    }));
}
