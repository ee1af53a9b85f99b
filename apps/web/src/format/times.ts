import type { IsoTime } from '@cnop/common/core/brands';
import { MISSING } from './numbers.ts';

const LOCALE = 'en-US';

const time = new Intl.DateTimeFormat(LOCALE, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const minute = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', hour12: false });
const day = new Intl.DateTimeFormat(LOCALE, { month: 'short', day: 'numeric' });
const month = new Intl.DateTimeFormat(LOCALE, { month: 'short', year: 'numeric' });
const dateTime = new Intl.DateTimeFormat(LOCALE, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const shortDateTime = new Intl.DateTimeFormat(LOCALE, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});

/** Formats `14:03:22` in the time zone of the user. */
export function formatTime(at: Date): string {
  return time.format(at);
}

export function formatMinute(at: Date): string {
  return minute.format(at);
}

export function formatDay(at: Date): string {
  return day.format(at);
}

/** Formats `Jan 2026`, where a day would need its year. */
export function formatMonth(at: Date): string {
  return month.format(at);
}

/** Formats `Jan 31, 14:03`, for tables. */
export function formatShortDateTime(at: IsoTime | null | undefined): string {
  return at ? shortDateTime.format(new Date(at)) : MISSING;
}

/** Formats a moment with year and seconds. */
export function formatDateTime(at: IsoTime | null | undefined): string {
  return at ? dateTime.format(new Date(at)) : MISSING;
}

const SECONDS_IN_A_MINUTE = 60;
const SECONDS_IN_AN_HOUR = 3600;

/**
 * Formats how long ago a moment was: `3 s ago`, `5 min ago`, `2 h ago`.
 * @param now milliseconds since 1970
 */
export function formatAge(at: IsoTime, now: number): string {
  const seconds = Math.max(Math.round((now - Date.parse(at)) / 1000), 0);
  if (seconds < SECONDS_IN_A_MINUTE) return `${seconds} s ago`;
  if (seconds < SECONDS_IN_AN_HOUR) return `${Math.floor(seconds / SECONDS_IN_A_MINUTE)} min ago`;
  return `${Math.floor(seconds / SECONDS_IN_AN_HOUR)} h ago`;
}

/** Returns the time zone of the user, such as `Europe/Berlin`. */
export function timeZoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
