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
