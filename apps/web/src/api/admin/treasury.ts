import { assetIdSchema, timestampSchema } from '@cnop/common/entities/fields';
import { assetSumsSchema, houseSumsSchema } from '@cnop/common/entities/house/house-book';
import { assetStatusSchema } from '@cnop/common/entities/inventory/asset';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import type { Days } from '../../format/day-span.ts';
import { firstDay } from '../../format/day-span.ts';
import type { Download } from '../http/client.ts';
import { callApi, downloadFile } from '../http/client.ts';

const REFRESH_MILLISECONDS = 10_000;

const resultSchema = z.object({
  spread: z.string(),
  fees: z.string(),
  rounding: z.string(),
  earned: z.string(),
  adjustments: z.string(),
});

const exposureSchema = z.object({
  asset_id: assetIdSchema,
  name: z.string(),
  status: assetStatusSchema,
  units: z.string(),
  cash: z.string(),
  mid_price: z.string(),
  value: z.string(),
  result: z.string(),
  max_house_exposure: z.string().nullable(),
  is_above_limit: z.boolean(),
});
export type Exposure = z.output<typeof exposureSchema>;

const houseBookSchema = z.object({
  complete_to: timestampSchema.nullable(),
  period: resultSchema,
  days: z.array(resultSchema.extend({ day: z.string() })),
  assets: z.array(exposureSchema),
});
export type HouseBook = z.output<typeof houseBookSchema>;

export const HOUSE_BOOK_KEY = ['admin', 'house-book'] as const;

/** Reads what the house holds, owes and earned, again every few seconds. */
export function houseBookQuery(days: Days) {
  return queryOptions({
    queryKey: [...HOUSE_BOOK_KEY, days],
    queryFn: ({ signal }) =>
      callApi({
        path: '/admin/house-book',
        query: { from: firstDay(days, Date.now()) },
        schema: houseBookSchema,
        signal,
      }),
    refetchInterval: REFRESH_MILLISECONDS,
  });
}

/** Downloads what each account of the house received each day. */
export async function exportHouseBook(days: Days): Promise<Download> {
  return downloadFile({
    path: '/admin/house-book/export',
    query: { from: firstDay(days, Date.now()) },
    mediaType: 'text/csv',
    fallbackName: 'cnop-house-book.csv',
  });
}

const activityShape = {
  ...houseSumsSchema.pick({ new_users: true, trades: true, volume: true }).shape,
  fees: z.string(),
};
const activeShape = houseSumsSchema.pick({ active_users: true }).shape;

const platformSchema = z.object({
  complete_to: timestampSchema.nullable(),
  total: z.object(activityShape),
  all_days: z.object({ ...activityShape, ...activeShape }),
  days: z.array(z.object({ day: z.string(), ...activityShape, ...activeShape })),
  assets: z.array(
    assetSumsSchema
      .pick({ buys: true, sales: true, volume: true, buyers: true, sellers: true })
      .extend({ asset_id: assetIdSchema }),
  ),
});
export type PlatformAnalytics = z.output<typeof platformSchema>;

/** Reads what all users did, again every few seconds. */
export function platformAnalyticsQuery(days: Days) {
  return queryOptions({
    queryKey: ['admin', 'analytics', days],
    queryFn: ({ signal }) =>
      callApi({
        path: '/admin/analytics',
        query: { from: firstDay(days, Date.now()) },
        schema: platformSchema,
        signal,
      }),
    refetchInterval: REFRESH_MILLISECONDS,
  });
}
