import { z } from 'zod';
import type { IsoTime } from '../core/brands.ts';
import { isoTime } from '../core/brands.ts';

/** A date, or a time with an offset (RFC 3339). */
const periodBoundSchema = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: 'Give a date such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z.',
});

const DAY_LENGTH = 'YYYY-MM-DD'.length;

/** The start of a period as an ISO time. A date starts at midnight UTC. */
export const startOfPeriodSchema = periodBoundSchema.transform((text) => momentOf(text, 'T00:00:00.000Z'));

/** The end of a period, inclusive, as an ISO time. A date includes the whole day in UTC. */
export const endOfPeriodSchema = periodBoundSchema.transform((text) => momentOf(text, 'T23:59:59.999Z'));

/** A moment of the past. A date is the end of its day in UTC; while that lasts, the present. */
export const pastMomentSchema = periodBoundSchema.transform((text) => ({
  /** The first moment that was named: the start of a date. */
  start: momentOf(text, 'T00:00:00.000Z'),
  end: momentOf(text, 'T23:59:59.999Z'),
}));

/** A calendar month in a path. */
export const monthParameterSchema = z
  .string()
  .regex(/^(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])$/, 'Give a month such as 2026-01.');

function momentOf(text: string, timeOfDay: string): IsoTime {
  return isoTime(new Date(text.length === DAY_LENGTH ? text + timeOfDay : text));
}

/**
 * Makes a query schema refuse a period that ends before it starts; a route then answers 422.
 * @param bounds names of the two query parameters
 */
export function inOrder<Schema extends z.ZodType<object>>(
  schema: Schema,
  bounds: { readonly start: string; readonly end: string } = { start: 'start_date', end: 'end_date' },
): Schema {
  return schema.refine(
    (query) => {
      const [start, end] = [bounds.start, bounds.end].map((name): unknown => Reflect.get(query, name));
      return typeof start !== 'string' || typeof end !== 'string' || start <= end;
    },
    {
      error: `This must not be after ${bounds.end}.`,
      path: [bounds.start],
      params: { code: 'invalid_period' },
    },
  );
}
