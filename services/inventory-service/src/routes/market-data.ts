import { PRINTABLE_PATTERN, rfc3339InputSchema, timestampSchema } from '@cnop/common/entities/fields';
import {
  assetCategorySchema,
  assetListResponseSchema,
  assetSchema,
  changeStatisticSchema,
  statisticSchema,
} from '@cnop/common/entities/inventory/asset';
import { assetSortFieldSchema, sortOrderSchema } from '@cnop/common/entities/inventory/asset-input';
import { candleIntervalSchema, candleSchema } from '@cnop/common/entities/inventory/candle';
import {
  pageMembers,
  pageQuerySchema,
  pageRequestOf,
  queryBooleanSchema,
  queryInteger,
} from '@cnop/common/http/page-query';
import { inOrder } from '@cnop/common/http/period-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import type { InventoryDependencies } from '../use-cases/dependencies.ts';
import { getAsset, getCandles, getMarketOverview, listAssets } from '../use-cases/read-market.ts';
import { assetParamsSchema, assetReplySchema } from './inventory-requests.ts';

const TAGS = ['inventory'];
const PUBLIC = { access: 'public' } as const;

/** Registers the public routes: the catalogue, its price history and the market overview. */
export function marketDataRoutes(app: ServiceApp, deps: InventoryDependencies): void {
  serveAssets(app, deps);
  serveCandles(app, deps);
  serveMarketOverview(app, deps);
}

const DEFAULT_LIST_LIMIT = 50;
/** More than a page of other lists: the catalogue is short, and clients show it as a whole. */
const MAX_LIST_LIMIT = 250;
const MAX_SEARCH_LENGTH = 100;

const assetListQuerySchema = z.strictObject({
  active_only: queryBooleanSchema.default(true),
  limit: queryInteger({ min: 1, max: MAX_LIST_LIMIT, fallback: DEFAULT_LIST_LIMIT }),
  cursor: pageQuerySchema.shape.cursor,
  category: assetCategorySchema.optional(),
  search: z
    .string()
    .max(MAX_SEARCH_LENGTH)
    .regex(PRINTABLE_PATTERN, 'Control characters are not allowed.')
    .trim()
    .default(''),
  sort_by: assetSortFieldSchema.default('market_cap_rank'),
  sort_order: sortOrderSchema.default('asc'),
});

function serveAssets(app: ServiceApp, deps: InventoryDependencies): void {
  app.get(
    '/inventory/assets',
    {
      config: PUBLIC,
      schema: {
        tags: TAGS,
        summary: 'List the assets of the catalogue',
        description:
          'A page begins after the sort value of the last asset on the page before. Sorted by `asset_id`, `name` or ' +
          '`market_cap_rank`, every asset is shown exactly once. Sorted by another field, an asset whose value moves past ' +
          'that point between two pages may be shown twice or not at all.',
        querystring: assetListQuerySchema,
        response: { 200: assetListResponseSchema },
      },
    },
    async (request) => {
      const { active_only, category, search, sort_by, sort_order, ...paging } = request.query;
      const criteria = { activeOnly: active_only, category, search, sortBy: sort_by, sortOrder: sort_order };
      const filter = { list: 'assets', ...criteria };
      const pageRequest = pageRequestOf(paging, filter);
      const { page, ...counts } = await listAssets(deps, criteria, pageRequest);
      return { data: [...page.items], ...counts, ...pageMembers(page, filter) };
    },
  );

  app.get(
    '/inventory/assets/:asset_id',
    {
      config: PUBLIC,
      schema: {
        tags: TAGS,
        summary: 'Read one asset',
        params: assetParamsSchema,
        response: { 200: assetReplySchema },
      },
    },
    async (request) => ({ data: await getAsset(deps, request.params.asset_id) }),
  );
}

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

function serveCandles(app: ServiceApp, deps: InventoryDependencies): void {
  app.get(
    '/inventory/assets/:asset_id/candles',
    {
      config: PUBLIC,
      schema: {
        tags: TAGS,
        summary: 'Read the price history of an asset',
        params: assetParamsSchema,
        querystring: candleQuerySchema,
        response: { 200: candleListSchema },
      },
    },
    async (request) => {
      const { interval, start, end, limit } = request.query;
      const period = { assetId: request.params.asset_id, interval, start, end, limit };
      return { data: await getCandles(deps, period) };
    },
  );
}

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

function serveMarketOverview(app: ServiceApp, deps: InventoryDependencies): void {
  app.get(
    '/inventory/market',
    {
      config: PUBLIC,
      schema: {
        tags: TAGS,
        summary: 'Read totals, top movers and categories of the market',
        response: { 200: overviewReplySchema },
      },
    },
    async () => ({ data: await getMarketOverview(deps) }),
  );
}
