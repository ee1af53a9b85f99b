import { z } from 'zod';
import { addSeconds } from '../core/clock.ts';

const DAY_LENGTH = 'YYYY-MM-DD'.length;
const SECONDS_PER_DAY = 24 * 60 * 60;
const DEFAULT_DAYS = 30;
/** A year, and a day for a leap year. */
const MAX_DAYS = 366;

/** The query parameters of routes that answer by days (UTC). */
export const daySpanShape = {
  from: z.iso
    .date()
    .optional()
    .describe(`The first day (UTC); ${DEFAULT_DAYS} days up to \`to\` by default.`),
  to: z.iso.date().optional().describe('The last day (UTC); today by default.'),
};

interface DaySpanQuery {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Makes a query schema refuse a span that ends before it starts, or is longer than a year; a route then answers 422. */
export function inDaySpan<Schema extends z.ZodType<DaySpanQuery>>(schema: Schema): Schema {
  return schema
    .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
      error: 'This must not be after to.',
      path: ['from'],
      params: { code: 'invalid_period' },
    })
    .refine(({ from, to }) => from === undefined || to === undefined || daysBetween(from, to) < MAX_DAYS, {
      error: `Ask for at most ${MAX_DAYS} days.`,
      path: ['from'],
      params: { code: 'too_big' },
    });
}

/** Returns the span of days that a query names, both ends inclusive. */
export function spanOf(
  { from, to }: DaySpanQuery,
  now: Date,
): { readonly from: string; readonly to: string } {
  if (from === undefined) {
    const last = to ?? dayOf(now);
    return { from: daysLater(last, 1 - DEFAULT_DAYS), to: last };
  }
  const [today, longest] = [dayOf(now), daysLater(from, MAX_DAYS - 1)];
  const last = today < longest ? today : longest;
  return { from, to: to ?? (last < from ? from : last) };
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / (SECONDS_PER_DAY * 1_000);
}

function daysLater(day: string, days: number): string {
  return dayOf(addSeconds(new Date(day), days * SECONDS_PER_DAY));
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, DAY_LENGTH);
}
