import { transactionTypeSchema } from '@cnop/common/entities/user/balance-transaction';
import { z } from 'zod';

/** What the address says about the cash page. Days are those of the reader's zone. */
export const cashSearchSchema = z.object({
  /** The form is for a deposit unless it is for this. */
  move: z.enum(['withdraw']).optional().catch(undefined),
  type: transactionTypeSchema.optional().catch(undefined),
  from: z.iso.date().optional().catch(undefined),
  to: z.iso.date().optional().catch(undefined),
});
export type CashSearch = z.infer<typeof cashSearchSchema>;
