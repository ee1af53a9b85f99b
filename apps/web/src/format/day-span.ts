import { z } from 'zod';

const MILLISECONDS_PER_DAY = 86_400_000;
const DAY_LENGTH = 'YYYY-MM-DD'.length;
const DEFAULT_DAYS = '30';

/** The spans that pages by days offer, in days. */
export const daysSchema = z.enum(['7', '30', '90', '365']);
export type Days = z.infer<typeof daysSchema>;

const DAYS: Readonly<Record<Days, number>> = { '7': 7, '30': 30, '90': 90, '365': 365 };

/** The address of a page by days; the default is left out. */
export const daysSearchSchema = z.object({ days: daysSchema.optional().catch(undefined) });

/** Returns the chosen span; 30 days by default. */
export function chosenDays({ days = DEFAULT_DAYS }: z.infer<typeof daysSearchSchema>): Days {
  return days;
}

/** Returns the address of a page that shows a span. */
export function searchOfDays(days: Days): z.infer<typeof daysSearchSchema> {
  return { days: days === DEFAULT_DAYS ? undefined : days };
}

/** Returns the first day (UTC) of a span that ends today. */
export function firstDay(days: Days, now: number): string {
  return new Date(now - (DAYS[days] - 1) * MILLISECONDS_PER_DAY).toISOString().slice(0, DAY_LENGTH);
}
