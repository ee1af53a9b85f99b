import { decimal, UNSIGNED_DECIMAL_PATTERN, ZERO } from '@cnop/common/core/money';
import type { RecordedTime } from './recorded-time.ts';
import { ACCEPTED_TIMES, readRecordedTime } from './recorded-time.ts';

/** A price and when it was, in whole milliseconds since the epoch. */
export interface TrackPoint {
  readonly atMilliseconds: number;
  readonly mid: string;
}

/** A line of a table of prices, as it is written there. */
export interface RecordedLine {
  /** Its number in the file. */
  readonly line: number;
  readonly time: string;
  /** The close alone, or open, high, low and close. */
  readonly prices: readonly string[];
}

/** A table of prices that cannot be played; the message names the line and says what would be right. */
export class PriceTableError extends Error {
  override readonly name = 'PriceTableError';
}

/** The parts of its span at which a candle's four prices are played. */
const QUARTERS = 4;
/** The span of a table with a single line. */
const DEFAULT_SPAN_MILLISECONDS = 60_000;
const MAX_SHOWN_CHARACTERS = 40;

interface Row {
  readonly openTime: number;
  /** The prices of the row in the order in which they are played. */
  readonly prices: readonly string[];
}

/**
 * Turns a table of candles or closes into the prices to play, in the order of time. A candle is played as four prices, so
 * that candles made of them are those of the table. It takes the distance that most lines have, or the distance to the
 * next line where that is shorter: a gap stretches no candle, and no candle reaches into the next one.
 * @throws PriceTableError
 */
export function priceTrack(lines: readonly RecordedLine[]): TrackPoint[] {
  const [first] = lines;
  if (!first) throw new PriceTableError('there is no line with prices');
  const { form } = timeOf(first);
  const rows: Row[] = [];
  for (const recorded of lines) {
    const time = timeOf(recorded);
    if (time.form !== form) {
      throw refusal(
        recorded,
        `this time is in ${time.form}, those before are in ${form}: use one for the file`,
      );
    }
    if (time.milliseconds <= (rows.at(-1)?.openTime ?? -Infinity)) throw refusal(recorded, 'time goes back');
    rows.push({ openTime: time.milliseconds, prices: pricesOf(recorded) });
  }
  const usualSpan = usualSpanOf(rows);
  return rows.flatMap((row, i) => {
    const next = rows[i + 1];
    return pointsOf(row, next ? Math.min(usualSpan, next.openTime - row.openTime) : usualSpan);
  });
}

function timeOf(recorded: RecordedLine): RecordedTime {
  const time = readRecordedTime(recorded.time);
  if (!time) throw refusal(recorded, `${shown(recorded.time)} is no time; write ${ACCEPTED_TIMES}`);
  return time;
}

function pricesOf(recorded: RecordedLine): readonly string[] {
  const wrong = recorded.prices.find((price) => !isPrice(price));
  if (wrong !== undefined) {
    throw refusal(recorded, `${shown(wrong)} is no price; write a number above zero such as 23144.78`);
  }
  const [open = '', high = '', low = '', close = ''] = recorded.prices;
  if (recorded.prices.length === 1) return recorded.prices;
  // A candle does not say which extreme came first; this order has the shorter way to the close.
  return decimal(close).gte(open) ? [open, low, high, close] : [open, high, low, close];
}

function isPrice(text: string): boolean {
  return UNSIGNED_DECIMAL_PATTERN.test(text) && decimal(text).gt(ZERO);
}

function refusal({ line }: RecordedLine, problem: string): PriceTableError {
  return new PriceTableError(`line ${line}: ${problem}`);
}

function shown(text: string): string {
  if (text === '') return 'an empty cell';
  return JSON.stringify(
    text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text,
  );
}

/** The most frequent distance between neighbours, the shorter one of two that are as frequent. */
function usualSpanOf(rows: readonly Row[]): number {
  const counts = new Map<number, number>();
  for (const [i, { openTime }] of rows.entries()) {
    const next = rows[i + 1];
    if (next) counts.set(next.openTime - openTime, (counts.get(next.openTime - openTime) ?? 0) + 1);
  }
  const [usual] = [...counts].toSorted(
    ([one, oneCount], [other, otherCount]) => otherCount - oneCount || one - other,
  );
  return usual?.[0] ?? DEFAULT_SPAN_MILLISECONDS;
}

/** Places the prices of a row at equal distances: four from its beginning on, a close alone where the fourth would be. */
function pointsOf({ openTime, prices }: Row, spanMilliseconds: number): TrackPoint[] {
  return prices.map((mid, i) => ({
    atMilliseconds: Math.floor(openTime + ((QUARTERS - prices.length + i) * spanMilliseconds) / QUARTERS),
    mid,
  }));
}
