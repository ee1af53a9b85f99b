import { assetTransactionTypeSchema } from '@cnop/common/entities/asset/asset-transaction';
import {
  assetIdSchema,
  nonNegativeDecimalSchema,
  signedDecimalSchema,
  timestampSchema,
} from '@cnop/common/entities/fields';
import { directionSchema, transactionTypeSchema } from '@cnop/common/entities/user/balance-transaction';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import type { Download } from '../http/client.ts';
import { callApi, downloadFile, FIRST_PAGE } from '../http/client.ts';

const monthsSchema = z.object({ data: z.array(z.object({ month: z.string(), is_complete: z.boolean() })) });

const STATEMENTS_KEY = ['statements'] as const;

/** Lists the months that have a statement, newest first. */
export function statementMonthsQuery() {
  return queryOptions({
    queryKey: [...STATEMENTS_KEY, 'months'],
    queryFn: ({ signal }) => callApi({ path: '/statements', schema: monthsSchema, signal }),
    select: ({ data }) => data,
  });
}

const stateSchema = z.object({
  at: timestampSchema,
  cash: nonNegativeDecimalSchema,
  asset_value: nonNegativeDecimalSchema,
  total_value: nonNegativeDecimalSchema,
  positions: z.array(
    z.object({
      asset_id: assetIdSchema,
      quantity: nonNegativeDecimalSchema,
      market_value: nonNegativeDecimalSchema,
    }),
  ),
});

const statementSchema = z.object({
  is_complete: z.boolean(),
  opening: stateSchema,
  closing: stateSchema,
  net_cash: signedDecimalSchema,
  fees: nonNegativeDecimalSchema,
  cash_totals: z.array(
    z.object({
      transaction_type: transactionTypeSchema,
      direction: directionSchema,
      count: z.int(),
      amount: nonNegativeDecimalSchema,
    }),
  ),
  data: z.array(
    z.object({
      at: timestampSchema,
      unit: z.string(),
      transaction_type: z.enum([...transactionTypeSchema.options, ...assetTransactionTypeSchema.options]),
      amount: signedDecimalSchema,
      balance: nonNegativeDecimalSchema,
      fees: nonNegativeDecimalSchema.nullable(),
      description: z.string().nullable(),
      transaction_id: z.string(),
    }),
  ),
  next_cursor: z.string().nullable(),
});
export type Statement = z.output<typeof statementSchema>;
export type StatementMovement = Statement['data'][number];

const PAGE_SIZE = '100';

/** Reads the statement of a month, with one page of its movements at a time, oldest first. */
export function statementQuery(month: string) {
  return infiniteQueryOptions({
    queryKey: [...STATEMENTS_KEY, month],
    queryFn: ({ pageParam, signal }) =>
      callApi({
        path: `/statements/${month}`,
        query: { limit: PAGE_SIZE, cursor: pageParam },
        schema: statementSchema,
        signal,
      }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
}

/** Downloads the movements of a month as CSV. */
export async function exportStatement(month: string): Promise<Download> {
  return downloadFile({
    path: `/statements/${month}/export`,
    mediaType: 'text/csv',
    fallbackName: `cnop-statement-${month}.csv`,
  });
}
