import { z } from 'zod';

/** A day, or a moment with its offset, as RFC 3339 has them. */
const periodBoundSchema = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: 'Give a date such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z.',
});

const DAY_LENGTH = 'YYYY-MM-DD'.length;

/** The first moment of a period; a bare day begins at midnight UTC. */
export const startOfPeriodSchema = periodBoundSchema.transform((text) => momentOf(text, 'T00:00:00.000Z'));

/** The last moment of a period; a bare day is included whole. */
export const endOfPeriodSchema = periodBoundSchema.transform((text) => momentOf(text, 'T23:59:59.999Z'));

function momentOf(text: string, timeOfDay: string): string {
  return new Date(text.length === DAY_LENGTH ? text + timeOfDay : text).toISOString();
}

/**
 * Refuses a period that ends before it starts (422).
 * @param bounds names of the two query parameters
 */
export function inOrder<Schema extends z.ZodType<object>>(
  schema: Schema,
  bounds: { readonly start: string; readonly end: string } = { start: 'start_date', end: 'end_date' },
): Schema {
  return schema.refine(
    (query) => {
      const [start, end] = [bounds.start, bounds.end].map((name) => Reflect.get(query, name) as unknown);
      return typeof start !== 'string' || typeof end !== 'string' || start <= end;
    },
    {
      error: `This must not be after ${bounds.end}.`,
      path: [bounds.start],
      params: { code: 'invalid_period' },
    },
  );
}
