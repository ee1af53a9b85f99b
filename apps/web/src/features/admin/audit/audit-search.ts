import { z } from 'zod';

const MAX_NAME_LENGTH = 50;

/** Search parameters of the audit log: a day, or `by=user` with the username. */
export const auditSearchSchema = z.object({
  by: z.enum(['user']).optional().catch(undefined),
  user: z.string().max(MAX_NAME_LENGTH).optional().catch(undefined),
  /** The UTC day; today by default. */
  day: z.iso.date().optional().catch(undefined),
});
export type AuditSearch = z.infer<typeof auditSearchSchema>;

const DAY_LENGTH = 'YYYY-MM-DD'.length;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;

/** Returns the UTC day of a moment; the log is kept by UTC days. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, DAY_LENGTH);
}

/**
 * Returns the day a number of days later, or earlier if negative.
 * @param day such as `2026-01-31`
 */
export function dayAfter(day: string, days: number): string {
  return dayOf(new Date(Date.parse(`${day}T00:00:00.000Z`) + days * DAY_MILLISECONDS));
}
