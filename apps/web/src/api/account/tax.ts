import { assetTransactionTypeSchema } from '@cnop/common/entities/asset/asset-transaction';
import {
  assetIdSchema,
  nonNegativeDecimalSchema,
  signedDecimalSchema,
  timestampSchema,
} from '@cnop/common/entities/fields';
import type { LotMethod } from '@cnop/common/entities/user/tax-method';
import { lotMethodSchema } from '@cnop/common/entities/user/tax-method';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import type { Download } from '../http/client.ts';
import { callApi, downloadFile, FIRST_PAGE } from '../http/client.ts';

const lotSchema = z.object({
  transaction_id: z.string(),
  acquired_at: timestampSchema,
  quantity: nonNegativeDecimalSchema,
  cost: signedDecimalSchema,
  holding_days: z.int(),
  term: z.enum(['short', 'long']),
});

const disposalSchema = z.object({
  transaction_id: z.string(),
  asset_id: assetIdSchema,
  transaction_type: assetTransactionTypeSchema,
  disposed_at: timestampSchema,
  quantity: nonNegativeDecimalSchema,
  gain: signedDecimalSchema,
  lots: z.array(lotSchema.extend({ proceeds: signedDecimalSchema, gain: signedDecimalSchema })),
});
export type Disposal = z.output<typeof disposalSchema>;

const reportSchema = z.object({
  totals: z.object({
    disposals: z.int(),
    proceeds: signedDecimalSchema,
    cost: signedDecimalSchema,
    gain: signedDecimalSchema,
    short_term_gain: signedDecimalSchema,
    long_term_gain: signedDecimalSchema,
    realized_pnl: signedDecimalSchema,
  }),
  data: z.array(disposalSchema),
  next_cursor: z.string().nullable(),
});
export type TaxTotals = z.output<typeof reportSchema>['totals'];

/** The prefix of all queries about taxes. */
export const TAX_KEY = ['tax'] as const;

/** Lists the disposals of a year, oldest first, one page at a time. */
export function taxReportQuery(year: number) {
  return infiniteQueryOptions({
    queryKey: [...TAX_KEY, 'report', year],
    queryFn: ({ pageParam, signal }) =>
      callApi({ path: `/tax/${year}`, query: { cursor: pageParam }, schema: reportSchema, signal }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
}

const yearMethodSchema = z.object({
  method: lotMethodSchema,
  chosen_at: timestampSchema.nullable(),
  /** The first disposal of the year, after which the method cannot change. */
  fixed_at: timestampSchema.nullable(),
});

/** Reads how the lots of a year are chosen. */
export function taxMethodQuery(year: number) {
  return queryOptions({
    queryKey: [...TAX_KEY, 'method', year],
    queryFn: ({ signal }) => callApi({ path: `/tax/${year}/method`, schema: yearMethodSchema, signal }),
  });
}

/** Chooses how the lots of a year are chosen. */
export async function chooseTaxMethod(year: number, method: LotMethod) {
  return callApi({ method: 'PUT', path: `/tax/${year}/method`, body: { method }, schema: yearMethodSchema });
}

const openLotsSchema = z.object({
  cost: nonNegativeDecimalSchema,
  data: z.array(lotSchema.extend({ asset_id: assetIdSchema })),
  next_cursor: z.string().nullable(),
});
export type OpenLot = z.output<typeof openLotsSchema>['data'][number];

/** Lists the lots that are held now, by asset and oldest first, one page at a time. */
export function openLotsQuery() {
  return infiniteQueryOptions({
    queryKey: [...TAX_KEY, 'lots'],
    queryFn: ({ pageParam, signal }) =>
      callApi({ path: '/tax/lots', query: { cursor: pageParam }, schema: openLotsSchema, signal }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
}

/** Downloads the disposals of a year as CSV. */
export async function exportTaxReport(year: number): Promise<Download> {
  return downloadFile({
    path: `/tax/${year}/export`,
    mediaType: 'text/csv',
    fallbackName: `cnop-tax-${year}.csv`,
  });
}
