import type { AssetId } from '@cnop/common/core/brands';
import type { AssetCategory, AssetResponse } from '@cnop/common/entities/inventory/asset';
import {
  assetListResponseSchema,
  assetSchema,
  changeStatisticSchema,
  statisticSchema,
} from '@cnop/common/entities/inventory/asset';
import type { CandleInterval } from '@cnop/common/entities/inventory/candle';
import { candleSchema } from '@cnop/common/entities/inventory/candle';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from './http/client.ts';

/** The largest page of the API: the catalogue is short and is shown as a whole. */
const PAGE_SIZE = '250';
/** Limits the list to 5,000 assets. */
const MAX_PAGES = 20;

export type MarketAsset = AssetResponse;

/** Reads the whole catalogue, including assets closed for trading. */
export function assetsQuery() {
  return queryOptions({
    queryKey: ['assets'],
    queryFn: ({ signal }) => readAssets(signal),
  });
}

/** Reads the currencies of the catalogue, which the list of assets leaves out. */
export function currenciesQuery() {
  return queryOptions({
    queryKey: ['assets', 'currencies'],
    queryFn: ({ signal }) => readAssets(signal, 'currency'),
  });
}

async function readAssets(signal: AbortSignal, category?: AssetCategory): Promise<MarketAsset[]> {
  const assets: MarketAsset[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const query = { active_only: 'false', limit: PAGE_SIZE, category, cursor };
    const page = await callApi({
      path: '/inventory/assets',
      query,
      schema: assetListResponseSchema,
      signal,
    });
    assets.push(...page.data);
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  return assets;
}

const barSchema = candleSchema.omit({ asset_id: true, interval: true, source: true, quotes: true });
export type Bar = z.output<typeof barSchema>;

const candlesAnswerSchema = z.object({ data: z.array(barSchema) });

interface CandleRequest {
  readonly assetId: AssetId;
  readonly interval: CandleInterval;
  readonly limit: number;
}

/** Reads the latest candles of an asset, oldest first. */
export function candlesQuery({ assetId, interval, limit }: CandleRequest) {
  return queryOptions({
    queryKey: ['candles', assetId, interval, limit],
    queryFn: async ({ signal }) => {
      const path = `/inventory/assets/${encodeURIComponent(assetId)}/candles`;
      const { data } = await callApi({
        path,
        query: { interval, limit: String(limit) },
        schema: candlesAnswerSchema,
        signal,
      });
      return data;
    },
  });
}

const moverSchema = assetSchema
  .pick({ asset_id: true, name: true, current_price: true })
  .extend({ price_change_percentage_24h: changeStatisticSchema });

const overviewAnswerSchema = z.object({
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

/** Reads the statistics of the whole market. */
export function marketOverviewQuery() {
  return queryOptions({
    queryKey: ['market-overview'],
    queryFn: ({ signal }) => callApi({ path: '/inventory/market', schema: overviewAnswerSchema, signal }),
    select: ({ data }) => data,
  });
}
