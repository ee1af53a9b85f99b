import { rfc3339InputSchema } from '@cnop/common/entities/fields';
import { candleIntervalSchema, candleSchema } from '@cnop/common/entities/inventory/candle';
import { queryInteger } from '@cnop/common/http/page-query';
import { inOrder } from '@cnop/common/http/period-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import { getInventory } from '../dependencies.ts';
import { getCandles } from '../use-cases/get-candles.ts';
import { assetParamsSchema } from './asset-schemas.ts';

const DEFAULT_CANDLES = 500;
const MAX_CANDLES = 1_000;

const candleQuerySchema = inOrder(
  z.strictObject({
    interval: candleIntervalSchema.default('1h'),
    start: rfc3339InputSchema.optional(),
    end: rfc3339InputSchema.optional(),
    limit: queryInteger({ min: 1, max: MAX_CANDLES, fallback: DEFAULT_CANDLES }),
  }),
  { start: 'start', end: 'end' },
);

const candleListSchema = z.object({
  data: z.array(candleSchema.omit({ asset_id: true, interval: true, source: true, quotes: true })),
});

/** The history of prices, for everybody. */
export function candleRoutes(app: ServiceApp): void {
  app.get(
    '/inventory/assets/:asset_id/candles',
    {
      config: { access: 'public' },
      schema: {
        tags: ['inventory'],
        summary: 'Read the price history of an asset',
        params: assetParamsSchema,
        querystring: candleQuerySchema,
        response: { 200: candleListSchema },
      },
    },
    async (request) => {
      const { interval, start, end, limit } = request.query;
      const period = { assetId: request.params.asset_id, interval, start, end, limit };
      return { data: await getCandles(getInventory(request), period) };
    },
  );
}
