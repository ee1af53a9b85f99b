import { timestampSchema } from '@cnop/common/entities/fields';
import {
  assetCategorySchema,
  assetSchema,
  changeStatisticSchema,
  statisticSchema,
} from '@cnop/common/entities/inventory/asset';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import { getInventory } from '../dependencies.ts';
import { getMarketOverview } from '../use-cases/get-market-overview.ts';

const moverSchema = assetSchema
  .pick({ asset_id: true, symbol: true, name: true, current_price: true })
  .extend({ price_change_percentage_24h: changeStatisticSchema });

const overviewReplySchema = z.object({
  data: z.object({
    asset_count: z.int().min(0),
    active_count: z.int().min(0),
    total_market_cap: statisticSchema,
    total_volume_24h_usd: statisticSchema,
    top_gainers: z.array(moverSchema),
    top_losers: z.array(moverSchema),
    by_category: z.array(
      z.object({
        category: assetCategorySchema,
        asset_count: z.int().min(1),
        market_cap: statisticSchema,
        change_percentage_24h: changeStatisticSchema.nullable(),
      }),
    ),
    updated_at: timestampSchema,
  }),
});

/** The market as a whole, for everybody. */
export function marketRoutes(app: ServiceApp): void {
  app.get(
    '/inventory/market',
    {
      config: { access: 'public' },
      schema: {
        tags: ['inventory'],
        summary: 'Read totals, top movers and categories of the market',
        response: { 200: overviewReplySchema },
      },
    },
    async (request) => ({ data: await getMarketOverview(getInventory(request)) }),
  );
}
