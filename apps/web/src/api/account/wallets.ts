import type { Currency } from '@cnop/common/entities/currency';
import { currencySchema } from '@cnop/common/entities/currency';
import { timestampSchema } from '@cnop/common/entities/fields';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi, FIRST_PAGE, pageSchema } from '../http/client.ts';
import { CONVERSIONS_KEY, WALLETS_KEY } from './cash.ts';

const walletSchema = z.object({
  currency: currencySchema,
  current_balance: z.string(),
  held_balance: z.string(),
  available_balance: z.string(),
  mid_rate: z.string().nullable(),
  rate_at: timestampSchema.nullable(),
  usd_value: z.string().nullable(),
});
export type Wallet = z.output<typeof walletSchema>;

const walletsSchema = z.object({ data: z.array(walletSchema), total_usd_value: z.string() });

const REFRESH_MILLISECONDS = 10_000;

/** Reads the cash of the signed-in user in all currencies, each with its value in USD. */
export function walletsQuery() {
  return queryOptions({
    queryKey: WALLETS_KEY,
    queryFn: ({ signal }) => callApi({ path: '/balance/wallets', schema: walletsSchema, signal }),
    // The values follow the rates.
    refetchInterval: REFRESH_MILLISECONDS,
  });
}

/** Which of the two amounts of a conversion is given; the other one follows from the rate. */
export type FixedSide = 'from' | 'to';

export interface ConversionRequest {
  readonly from: Currency;
  readonly to: Currency;
  /** In the currency that `fixes` names. */
  readonly amount: string;
  readonly fixes: FixedSide;
  /** The worst accepted rate: units of `to` for one of `from`. */
  readonly rate_bound?: string;
}

const quoteSchema = z.object({ bid: z.string(), ask: z.string(), mid: z.string(), at: timestampSchema });
const cashSchema = z.object({ available: z.string() });
const changeSchema = z.object({ before: cashSchema, after: cashSchema.nullable() });
const previewSchema = z.object({
  would_be: z.enum(['completed', 'refused']),
  debited: z.string().nullable(),
  credited: z.string().nullable(),
  rate: z.string().nullable(),
  from_quote: quoteSchema.nullable(),
  to_quote: quoteSchema.nullable(),
  balances: z.object({ from: changeSchema, to: changeSchema }),
  reasons: z.array(z.object({ code: z.string(), field: z.string().nullable(), message: z.string() })),
});
export type ConversionPreview = z.output<typeof previewSchema>;

/** Predicts a conversion, with every reason for which it would be refused. */
export function conversionPreviewQuery(request: ConversionRequest) {
  return queryOptions({
    queryKey: [...CONVERSIONS_KEY, 'preview', request],
    queryFn: ({ signal }) =>
      callApi({
        method: 'POST',
        path: '/conversions/preview',
        body: request,
        schema: z.object({ data: previewSchema }),
        signal,
      }),
    select: ({ data }) => data,
  });
}

const conversionSchema = z.object({
  conversion_id: z.string(),
  from: currencySchema,
  to: currencySchema,
  debited: z.string(),
  credited: z.string(),
  rate: z.string(),
  order_id: z.string().nullable(),
  created_at: timestampSchema,
});
export type Conversion = z.output<typeof conversionSchema>;

const receiptSchema = z.object({
  data: conversionSchema,
  balances: z.object({ from: z.string(), to: z.string() }),
});
export type ConversionReceipt = z.output<typeof receiptSchema>;

/**
 * Converts cash between two currencies.
 * @param idempotencyKey the same for every attempt, so that the conversion takes effect once
 */
export async function convertCash(body: ConversionRequest, idempotencyKey: string) {
  return callApi({ method: 'POST', path: '/conversions', body, schema: receiptSchema, idempotencyKey });
}

const PAGE_SIZE = '20';
const conversionPageSchema = pageSchema(conversionSchema);

/** Lists conversions, newest first, one page at a time. */
export function conversionsQuery() {
  return infiniteQueryOptions({
    queryKey: [...CONVERSIONS_KEY, 'list'],
    queryFn: ({ pageParam, signal }) =>
      callApi({
        path: '/conversions',
        query: { limit: PAGE_SIZE, cursor: pageParam },
        schema: conversionPageSchema,
        signal,
      }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
}
