import { assetSchema, changeStatisticSchema, statisticSchema } from '@cnop/common/entities/inventory/asset';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

const moverSchema = assetSchema
  .pick({ asset_id: true, name: true, current_price: true })
  .extend({ price_change_percentage_24h: changeStatisticSchema });

const answerSchema = z.object({
  data: z.object({
    asset_count: z.int(),
    active_count: z.int(),
    total_market_cap: statisticSchema,
    total_volume_24h_usd: statisticSchema,
    top_gainers: z.array(moverSchema),
    top_losers: z.array(moverSchema),
  }),
});
export type Mover = z.output<typeof moverSchema>;

/** The market as a whole. */
export function marketOverviewQuery() {
  return queryOptions({
    queryKey: ['market-overview'],
    queryFn: ({ signal }) => callApi({ path: '/inventory/market', schema: answerSchema, signal }),
    select: ({ data }) => data,
  });
}
