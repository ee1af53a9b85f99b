/** How a file writes its times; one file has one form. */
export type TimeForm = 'RFC 3339' | 'seconds' | 'milliseconds' | 'microseconds';

/** A time as a file of prices gives it. */
export interface RecordedTime {
  readonly form: TimeForm;
  /** Since the epoch, UTC; with a fraction when the file is finer. */
  readonly milliseconds: number;
}

/** For messages: everything that `readRecordedTime` accepts. */
export const ACCEPTED_TIMES =
  'RFC 3339 with an offset (2023-03-01T00:00:00Z), a date alone (2023-03-01, midnight UTC), ' +
  'or seconds, milliseconds or microseconds since 1970';

/** The offset is mandatory: without one the machine's time zone would decide. */
const RFC_3339_PATTERN =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const DATE_PATTERN = /^\d{4}-\d{2}-\d{2}$/;
/** The number of digits tells the unit, from 1973 (the shorter) to 2286; no number of digits fits two units. */
const EPOCH_PATTERNS: readonly (readonly [TimeForm, RegExp, number])[] = [
  ['seconds', /^\d{9,10}$/, 1_000],
  ['milliseconds', /^\d{12,13}$/, 1],
  ['microseconds', /^\d{15,16}$/, 0.001],
];

const MILLISECONDS_PER_SECOND = 1_000;
const SECONDS_PER_MINUTE = 60;
const SECONDS_PER_HOUR = 3_600;
const LAST_HOUR = 23;
const LAST_MINUTE = 59;
const LAST_SECOND = 59;

/** Reads a time of a file of prices. Undefined when it has none of the accepted forms or names no real moment. */
export function readRecordedTime(text: string): RecordedTime | undefined {
  for (const [form, pattern, millisecondsPerUnit] of EPOCH_PATTERNS) {
    if (pattern.test(text)) return { form, milliseconds: Number(text) * millisecondsPerUnit };
  }
  const milliseconds = DATE_PATTERN.test(text) ? midnightOf(text) : readRfc3339(text);
  return milliseconds === undefined ? undefined : { form: 'RFC 3339', milliseconds };
}

function readRfc3339(text: string): number | undefined {
  const [, date = '', hours, minutes, seconds, fraction = '0', sign, offsetHours, offsetMinutes] =
    RFC_3339_PATTERN.exec(text) ?? [];
  const midnight = midnightOf(date);
  const clock = secondsOf(hours, minutes, seconds);
  const offset = secondsOf(offsetHours, offsetMinutes);
  if (midnight === undefined || clock === undefined || offset === undefined) return undefined;
  const wholeSeconds = sign === '-' ? clock + offset : clock - offset;
  return midnight + (wholeSeconds + Number(fraction)) * MILLISECONDS_PER_SECOND;
}

/** Undefined for a day that no calendar has, such as 30 February. */
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
