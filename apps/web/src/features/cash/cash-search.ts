import { transactionTypeSchema } from '@cnop/common/entities/user/balance-transaction';
import { z } from 'zod';
import type { LedgerFilter } from '../../api/account/cash.ts';

/** What the address says about the cash page. Days are those of the reader's zone. */
export const cashSearchSchema = z.object({
  /** The form is for a deposit unless it is for this. */
  move: z.enum(['withdraw']).optional().catch(undefined),
  type: transactionTypeSchema.optional().catch(undefined),
  from: z.iso.date().optional().catch(undefined),
  to: z.iso.date().optional().catch(undefined),
});
export type CashSearch = z.infer<typeof cashSearchSchema>;

/** The filter that an address stands for: whole days of the reader's zone, as moments. */
export function ledgerFilterOf({ type, from, to }: CashSearch): LedgerFilter {
  return {
    type,
    // A time without an offset is one of the reader's zone, on days of 23 and of 25 hours as well.
    start: from && new Date(`${from}T00:00:00.000`).toISOString(),
    end: to && new Date(`${to}T23:59:59.999`).toISOString(),
  };
}

/** What is wrong with the days of a filter; nothing when there may be lines between them. */
export function periodProblem({ from, to }: CashSearch): string | undefined {
  if (from === undefined || to === undefined || from <= to) return undefined;
  return 'The first day is after the last one.';
}

export function isFiltered({ type, from, to }: CashSearch): boolean {
  return type !== undefined || from !== undefined || to !== undefined;
}
