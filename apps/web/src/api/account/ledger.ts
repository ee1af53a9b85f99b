import type { TransactionType } from '@cnop/common/entities/user/balance-transaction';
import { balanceTransactionSchema } from '@cnop/common/entities/user/balance-transaction';
import { infiniteQueryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

const lineSchema = balanceTransactionSchema.pick({
  transaction_id: true,
  amount: true,
  direction: true,
  new_balance: true,
  transaction_type: true,
  status: true,
  description: true,
  reference_id: true,
  created_at: true,
});
export type LedgerLine = z.output<typeof lineSchema>;

const answerSchema = z.object({ transactions: z.array(lineSchema), next_cursor: z.string().nullable() });
const PAGE = '50';

export const LEDGER_KEY = ['ledger'] as const;

export interface LedgerFilter {
  readonly type?: TransactionType | undefined;
  /** The first and the last moment, as RFC 3339. */
  readonly start?: string | undefined;
  readonly end?: string | undefined;
}

/** The filter as the API takes it, in the list and in the export alike. */
export function ledgerFilterQuery({ type, start, end }: LedgerFilter) {
  return { transaction_type: type, start_date: start, end_date: end };
}

/** The lines of the cash ledger, newest first, a page at a time. */
export function ledgerQuery(filter: LedgerFilter) {
  return infiniteQueryOptions({
    queryKey: [...LEDGER_KEY, filter],
    queryFn: ({ pageParam, signal }) =>
      callApi({
        path: '/balance/transactions',
        query: { limit: PAGE, cursor: pageParam, ...ledgerFilterQuery(filter) },
        schema: answerSchema,
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
}
