import type { TransactionId } from '@cnop/common/core/brands';
import type { WalletCurrency } from '@cnop/common/entities/currency';
import { currencySchema } from '@cnop/common/entities/currency';
import { balanceSchema } from '@cnop/common/entities/user/balance';
import type { TransactionType } from '@cnop/common/entities/user/balance-transaction';
import { balanceTransactionSchema, legSchema } from '@cnop/common/entities/user/balance-transaction';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import type { Download } from '../http/client.ts';
import { callApi, downloadFile, FIRST_PAGE } from '../http/client.ts';

const cashBalanceSchema = balanceSchema
  .pick({ current_balance: true, held_balance: true })
  .extend({ available_balance: z.string() });
export type CashBalance = z.output<typeof cashBalanceSchema>;

export const BALANCE_KEY = ['balance'] as const;

/** Reads the cash of the signed-in user. */
export function balanceQuery() {
  return queryOptions({
    queryKey: BALANCE_KEY,
    queryFn: ({ signal }) => callApi({ path: '/balance', schema: cashBalanceSchema, signal }),
  });
}

/** The answer to every deposit and withdrawal. */
const receiptSchema = z.object({
  /** Null while a payment is under way: then no cash has moved yet. */
  transaction_id: z.string().nullable(),
  new_balance: z.string(),
});

interface Deposit {
  /** With at most the fraction digits of the currency. */
  readonly amount: string;
  /** USD if absent. */
  readonly currency?: WalletCurrency;
  readonly description?: string;
  readonly idempotencyKey: string;
}

export async function depositCash({ idempotencyKey, ...body }: Deposit) {
  return callApi({ method: 'POST', path: '/balance/deposit', body, schema: receiptSchema, idempotencyKey });
}

export async function withdrawCash({ idempotencyKey, ...body }: Deposit) {
  return callApi({ method: 'POST', path: '/balance/withdraw', body, schema: receiptSchema, idempotencyKey });
}

/** Amounts have the fraction digits of the currency. */
const entrySchema = balanceTransactionSchema
  .pick({
    transaction_id: true,
    direction: true,
    transaction_type: true,
    status: true,
    description: true,
    reference_id: true,
    created_at: true,
  })
  .extend({
    currency: currencySchema,
    amount: z.string(),
    previous_balance: z.string(),
    new_balance: z.string(),
    legs: z.array(legSchema),
  });
export type LedgerEntry = z.output<typeof entrySchema>;

/** A page of ledger entries. */
export const pageOfLedgerSchema = z.object({
  transactions: z.array(entrySchema),
  next_cursor: z.string().nullable(),
});
const PAGE_SIZE = '50';

export const LEDGER_KEY = ['ledger'] as const;
export const WALLETS_KEY = ['wallets'] as const;
export const CONVERSIONS_KEY = ['conversions'] as const;
export const TRANSFERS_KEY = ['transfers'] as const;

/** The keys of queries whose data changes with a movement of cash, besides the balance and the portfolio. */
export const CASH_KEYS = [LEDGER_KEY, WALLETS_KEY, CONVERSIONS_KEY, TRANSFERS_KEY] as const;

export interface LedgerFilter {
  /** The wallet; USD if absent. */
  readonly currency?: WalletCurrency | undefined;
  readonly type?: TransactionType | undefined;
  /** The first and the last moment of the filter, in RFC 3339. */
  readonly start?: string | undefined;
  readonly end?: string | undefined;
}

/** Returns the query parameters of a filter, for the list and the export. */
function ledgerFilterQuery({ currency, type, start, end }: LedgerFilter) {
  return { currency, transaction_type: type, start_date: start, end_date: end };
}

/** Lists ledger entries, newest first, one page at a time. */
export function ledgerQuery(filter: LedgerFilter) {
  return infiniteQueryOptions({
    queryKey: [...LEDGER_KEY, filter],
    queryFn: ({ pageParam, signal }) =>
      callApi({
        path: '/balance/transactions',
        query: { limit: PAGE_SIZE, cursor: pageParam, ...ledgerFilterQuery(filter) },
        schema: pageOfLedgerSchema,
        signal,
      }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
}

const oneEntrySchema = z.object({ data: entrySchema });

/**
 * Reads one ledger entry.
 * @param currency its wallet; USD if absent
 */
export function ledgerEntryQuery(id: TransactionId, currency?: WalletCurrency) {
  return queryOptions({
    queryKey: [...LEDGER_KEY, 'entry', id, currency],
    queryFn: ({ signal }) =>
      callApi({
        path: `/balance/transactions/${encodeURIComponent(id)}`,
        query: { currency },
        schema: oneEntrySchema,
        signal,
      }),
    select: ({ data }) => data,
  });
}

/** Downloads all ledger entries that match a filter as CSV. */
export async function exportLedger(filter: LedgerFilter): Promise<Download> {
  return downloadFile({
    path: '/balance/transactions/export',
    query: ledgerFilterQuery(filter),
    mediaType: 'text/csv',
    fallbackName: 'cnop-transactions.csv',
  });
}
