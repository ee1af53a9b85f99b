import type { Price } from '@cnop/common/core/brands';
import { knownPrice } from '@cnop/common/core/brands';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import { decimal, UNSIGNED_DECIMAL_PATTERN, ZERO } from '@cnop/common/core/money';

/** One price of a track. */
export interface TrackPoint {
  /** Whole milliseconds since the epoch. */
  readonly atMilliseconds: number;
  /** USD per unit. */
  readonly mid: Price;
}

/** One line of a price table, unparsed. */
export interface RecordedLine {
  /** The line number in the file. */
  readonly line: number;
  readonly time: string;
  /** The close alone, or open, high, low and close. */
  readonly prices: readonly string[];
}

/** The error for an invalid price table; its message names the line and says what to write. */
export class PriceTableError extends Error {
  override readonly name = 'PriceTableError';
}

/** The number of prices in which a candle is played, at equal distances. */
const PRICES_PER_CANDLE = 4;
/** The span of the only line of a table. */
const DEFAULT_SPAN_MILLISECONDS = 60_000;
const MAX_SHOWN_CHARACTERS = 40;

interface Row {
  readonly openTime: number;
  /** The prices of the row in the order in which they are played. */
  readonly prices: readonly Price[];
}

/**
 * Converts a table of candles or closes to the prices to play, in the order of time. A candle is played as four prices, so
 * that candles recorded from them equal those of the table. Its span is the most frequent distance between lines, or the
 * distance to the next line where that is shorter: a gap stretches no candle, and candles do not overlap.
 * @throws PriceTableError when a line is invalid
 */
export function priceTrack(lines: readonly RecordedLine[]): TrackPoint[] {
  const [first] = lines;
  if (!first) throw new PriceTableError('there is no line with prices');
  const { form } = parseTime(first);
  const rows: Row[] = [];
  for (const recorded of lines) {
    const time = parseTime(recorded);
    if (time.form !== form) {
      throw lineError(
        recorded,
        `this time is in ${time.form}, those before are in ${form}: use one for the file`,
      );
    }
    if (time.milliseconds <= (rows.at(-1)?.openTime ?? -Infinity))
      throw lineError(recorded, 'time goes back');
    rows.push({ openTime: time.milliseconds, prices: pricesInOrder(recorded) });
  }
  const usualSpan = usualSpanOf(rows);
  return rows.flatMap((row, i) => {
    const next = rows[i + 1];
    return pointsOf(row, next ? Math.min(usualSpan, next.openTime - row.openTime) : usualSpan);
  });
}

function parseTime(recorded: RecordedLine): RecordedTime {
  const time = parseRecordedTime(recorded.time);
  if (!time) throw lineError(recorded, `${quoteCell(recorded.time)} is no time; write ${ACCEPTED_TIMES}`);
  return time;
}

function pricesInOrder(recorded: RecordedLine): readonly Price[] {
  const wrong = recorded.prices.find((price) => !isPrice(price));
  if (wrong !== undefined) {
    throw lineError(recorded, `${quoteCell(wrong)} is no price; write a number above zero such as 23144.78`);
  }
  const prices = recorded.prices.map(knownPrice);
  const [open, high, low, close] = prices;
  if (!open || !high || !low || !close) return prices;
  // A candle does not say which extreme came first; this order has the shorter way to the close.
  return decimal(close).gte(open) ? [open, low, high, close] : [open, high, low, close];
}

function isPrice(text: string): boolean {
  return UNSIGNED_DECIMAL_PATTERN.test(text) && decimal(text).gt(ZERO);
}

function lineError({ line }: RecordedLine, problem: string): PriceTableError {
  return new PriceTableError(`line ${line}: ${problem}`);
}

function quoteCell(text: string): string {
  if (text === '') return 'an empty cell';
  return JSON.stringify(
    text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text,
  );
}

/** Returns the most frequent distance between lines, in milliseconds; the shorter one of two that are equally frequent. */
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

/** Spreads the prices of a row over its span at equal distances; a close alone takes the time of the fourth price. */
function pointsOf({ openTime, prices }: Row, spanMilliseconds: number): TrackPoint[] {
  return prices.map((mid, i) => ({
    atMilliseconds: Math.floor(
      openTime + ((PRICES_PER_CANDLE - prices.length + i) * spanMilliseconds) / PRICES_PER_CANDLE,
    ),
    mid,
  }));
}

/** The notation of the times in a file. */
type TimeForm = 'RFC 3339' | 'seconds' | 'milliseconds' | 'microseconds';

/** A time of a price file. */
interface RecordedTime {
  readonly form: TimeForm;
  /** Since the epoch, UTC; with a fraction when the file has microseconds. */
  readonly milliseconds: number;
}

/** The notations that `parseRecordedTime` accepts, for messages. */
const ACCEPTED_TIMES =
  'RFC 3339 with an offset (2023-03-01T00:00:00Z), a date alone (2023-03-01, midnight UTC), ' +
  'or seconds, milliseconds or microseconds since 1970';

/** RFC 3339, whose offset is mandatory: without one the machine's time zone would decide. */
const RFC_3339_PATTERN =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const DATE_PATTERN = /^\d{4}-\d{2}-\d{2}$/;
/** Times since the epoch. The number of digits tells the unit, for times from 1973 to 2286. */
const EPOCH_PATTERNS: readonly (readonly [TimeForm, RegExp, number])[] = [
  ['seconds', /^\d{9,10}$/, 1_000],
  ['milliseconds', /^\d{12,13}$/, 1],
  ['microseconds', /^\d{15,16}$/, 0.001],
];

const SECONDS_PER_MINUTE = 60;
const SECONDS_PER_HOUR = 3_600;
const LAST_HOUR = 23;
const LAST_MINUTE = 59;
const LAST_SECOND = 59;

/** Parses a time of a price file. Returns `undefined` when the notation is unknown or the calendar has no such moment. */
export function parseRecordedTime(text: string): RecordedTime | undefined {
  for (const [form, pattern, millisecondsPerUnit] of EPOCH_PATTERNS) {
    if (pattern.test(text)) return { form, milliseconds: Number(text) * millisecondsPerUnit };
  }
  const milliseconds = DATE_PATTERN.test(text) ? midnightOf(text) : parseRfc3339(text);
  return milliseconds === undefined ? undefined : { form: 'RFC 3339', milliseconds };
}

function parseRfc3339(text: string): number | undefined {
  const [, date = '', hours, minutes, seconds, fraction = '0', sign, offsetHours, offsetMinutes] =
    RFC_3339_PATTERN.exec(text) ?? [];
  const midnight = midnightOf(date);
  const clock = secondsOf(hours, minutes, seconds);
  const offset = secondsOf(offsetHours, offsetMinutes);
  if (midnight === undefined || clock === undefined || offset === undefined) return undefined;
  const wholeSeconds = sign === '-' ? clock + offset : clock - offset;
  return midnight + (wholeSeconds + Number(fraction)) * MILLISECONDS_PER_SECOND;
}

/** Returns `undefined` for a day that the calendar does not have, such as 30 February. */
function midnightOf(date: string): number | undefined {
  const [year = Number.NaN, month = Number.NaN, day = Number.NaN] = date.split('-').map(Number);
  const midnight = new Date(Date.UTC(year, month - 1, day));
  const isReal = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
  return isReal ? midnight.getTime() : undefined;
}

function secondsOf(hours = '0', minutes = '0', seconds = '0'): number | undefined {
  const isReal =
    Number(hours) <= LAST_HOUR && Number(minutes) <= LAST_MINUTE && Number(seconds) <= LAST_SECOND;
  if (!isReal) return undefined;
  return Number(hours) * SECONDS_PER_HOUR + Number(minutes) * SECONDS_PER_MINUTE + Number(seconds);
}
