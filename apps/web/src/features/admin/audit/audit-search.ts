import { z } from 'zod';

const MAX_NAME_LENGTH = 50;

/** What the address says about the audit log: a day, or `by=user` and the name. */
export const auditSearchSchema = z.object({
  by: z.enum(['user']).optional().catch(undefined),
  user: z.string().max(MAX_NAME_LENGTH).optional().catch(undefined),
  /** In UTC; today when it is left out. */
  day: z.iso.date().optional().catch(undefined),
});
export type AuditSearch = z.infer<typeof auditSearchSchema>;

const DAY_LENGTH = 'YYYY-MM-DD'.length;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;

/** The day in UTC, by which the log is kept. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, DAY_LENGTH);
}

/** Days before or after a day. @param day such as `2026-01-31` */
export function dayAfter(day: string, days: number): string {
  return dayOf(new Date(Date.parse(`${day}T00:00:00.000Z`) + days * DAY_MILLISECONDS));
}
