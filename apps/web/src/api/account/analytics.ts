import { assetIdSchema, timestampSchema } from '@cnop/common/entities/fields';
import { orderTypeSchema } from '@cnop/common/entities/order/order-document';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import type { Days } from '../../format/day-span.ts';
import { firstDay } from '../../format/day-span.ts';
import { callApi } from '../http/client.ts';
import { PORTFOLIO_KEY } from './portfolio.ts';

const count = z.int().min(0);
const sumsShape = {
  buys: count,
  sales: count,
  volume: z.string(),
  fees: z.string(),
  realized_pnl: z.string(),
};
const realizedTradeSchema = z.object({
  transaction_id: z.string(),
  asset_id: assetIdSchema,
  quantity: z.string(),
  realized_pnl: z.string(),
  timestamp: timestampSchema,
});
export type RealizedTrade = z.output<typeof realizedTradeSchema>;

const analyticsSchema = z.object({
  orders: z.object({
    placed: count,
    filled: count,
    fill_rate: z.string().nullable(),
    by_type: z.array(
      z.object({
        order_type: orderTypeSchema,
        placed: count,
        filled: count,
        cancelled: count,
        expired: count,
        failed: count,
        open: count,
      }),
    ),
    time_to_fill: z.object({ median_seconds: count.nullable() }),
  }),
  trades: z.object({
    total: z.object(sumsShape),
    by_asset: z.array(
      z.object({ asset_id: assetIdSchema, ...sumsShape, average_holding_seconds: count.nullable() }),
    ),
    best_trades: z.array(realizedTradeSchema),
    worst_trades: z.array(realizedTradeSchema),
  }),
});
export type OwnAnalytics = z.output<typeof analyticsSchema>;

/** Reads what became of the orders and trades of the signed-in user; again after each change of the portfolio. */
export function ownAnalyticsQuery(days: Days) {
  return queryOptions({
    queryKey: [...PORTFOLIO_KEY, 'activity', days],
    queryFn: ({ signal }) =>
      callApi({
        path: '/analytics/me',
        query: { from: firstDay(days, Date.now()) },
        schema: analyticsSchema,
        signal,
      }),
  });
}
