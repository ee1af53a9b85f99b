import { isoTime } from '@cnop/common/core/brands';
import { walletCurrencySchema } from '@cnop/common/entities/currency';
import { transactionIdSchema } from '@cnop/common/entities/fields';
import { transactionTypeSchema } from '@cnop/common/entities/user/balance-transaction';
import { z } from 'zod';
import type { LedgerFilter } from '../../api/account/cash.ts';

/** Search parameters of the cash page. Days are in the time zone of the user. */
export const cashSearchSchema = z.object({
  /** The wallet that is shown; USD by default. */
  currency: walletCurrencySchema.optional().catch(undefined),
  /** The form is for deposits by default. */
  move: z.enum(['withdraw']).optional().catch(undefined),
  type: transactionTypeSchema.optional().catch(undefined),
  from: z.iso.date().optional().catch(undefined),
  to: z.iso.date().optional().catch(undefined),
  /** The ledger entry whose details are shown. */
  entry: transactionIdSchema.optional().catch(undefined),
});
export type CashSearch = z.infer<typeof cashSearchSchema>;

/** Search parameters of the transfer page. */
export const transferSearchSchema = z.object({
  /** The username of the recipient. */
  to: z.string().max(50).optional().catch(undefined),
});

/** Returns the filter of the API for whole days in the time zone of the user. */
export function ledgerFilterOf({ currency, type, from, to }: CashSearch): LedgerFilter {
  return {
    currency,
    type,
    // A time without an offset is in the user's time zone, also on days of 23 or 25 hours.
    start: from && isoTime(new Date(`${from}T00:00:00.000`)),
    end: to && isoTime(new Date(`${to}T23:59:59.999`)),
  };
}

/** Returns the error of an impossible period; `undefined` for a valid one. */
export function periodProblem({ from, to }: CashSearch): string | undefined {
  if (from === undefined || to === undefined || from <= to) return undefined;
  return 'The first day is after the last day.';
}

export function isFiltered({ type, from, to }: CashSearch): boolean {
  return type !== undefined || from !== undefined || to !== undefined;
}
