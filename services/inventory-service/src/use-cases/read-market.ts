import type { AssetId, IsoTime } from '@cnop/common/core/brands';
import type { Page, PageRequest } from '@cnop/common/core/pagination';
import type { AssetListResponse, AssetResponse } from '@cnop/common/entities/inventory/asset';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import { NotFoundError } from '@cnop/exception/errors';
import { toAssetView } from '../domain/asset-view.ts';
import type { MarketOverview } from '../domain/market-overview.ts';
import { marketOverview } from '../domain/market-overview.ts';
import type { AssetCriteria } from '../domain/select-assets.ts';
import { pageOfAssets, selectAssets } from '../domain/select-assets.ts';
import type { InventoryDependencies } from './dependencies.ts';

/** One page of the catalogue, with the number of all matching assets and of the active ones among them. */
interface AssetList extends Pick<AssetListResponse, 'total_count' | 'active_count'> {
  readonly page: Page<AssetResponse>;
}

/**
 * Lists the assets that meet the criteria, page by page.
 * @throws UnreadableRequestError (400) when the cursor does not belong to this list
 */
export async function listAssets(
  { catalogue }: Pick<InventoryDependencies, 'catalogue'>,
  criteria: AssetCriteria,
  request: PageRequest,
): Promise<AssetList> {
  const found = selectAssets(await catalogue.getAssets(), criteria);
  return {
    page: pageOfAssets(found, criteria, request),
    total_count: found.length,
    active_count: found.filter(({ is_active }) => is_active).length,
  };
}

/**
 * Reads one asset from the store, at its current price.
 * @throws NotFoundError (404)
 */
export async function getAsset(
  { assets, market }: Pick<InventoryDependencies, 'assets' | 'market'>,
  assetId: AssetId,
): Promise<AssetResponse> {
  const asset = await assets.getAsset(assetId);
  if (!asset) throw new NotFoundError('The asset');
  return toAssetView(asset, market.livePrice(assetId));
}

/** Summarizes the whole market, from the same assets that lists show. */
export async function getMarketOverview({
  catalogue,
  clock,
}: Pick<InventoryDependencies, 'catalogue' | 'clock'>): Promise<MarketOverview> {
  return marketOverview(await catalogue.getAssets(), clock.now());
}

export interface CandleRequest {
  readonly assetId: AssetId;
  readonly interval: CandleInterval;
  /** Earliest opening time, inclusive. */
  readonly start: IsoTime | undefined;
  /** Latest opening time, inclusive. */
  readonly end: IsoTime | undefined;
  readonly limit: number;
}

/**
 * Returns candles of one asset in the order of time: the first ones from `start` on, or the latest ones without a start.
 * @throws NotFoundError (404)
 */
export async function getCandles(
  { assets, candles, market }: Pick<InventoryDependencies, 'assets' | 'candles' | 'market'>,
  { assetId, interval, start, end, limit }: CandleRequest,
): Promise<Candle[]> {
  await assets.assertKnown([assetId]);
  const isForward = start !== undefined;
  // Taken before the store is read, so a candle that is written meanwhile is in one of the two, or in both.
  const recent = market.recentCandles(assetId, interval);
  // The process that makes prices has the open candle in memory.
  const read = recent.at(-1)?.final === false ? candles.getClosedCandles : candles.getCandles;
  const stored = await read({
    assetId,
    interval,
    from: start,
    to: end,
    limit,
    order: isForward ? 'ascending' : 'descending',
  });
  const byTime = new Map(stored.map((candle) => [candle.open_time, candle]));
  for (const candle of recent) {
    const { open_time } = candle;
    if ((start ?? '') <= open_time && (end === undefined || open_time <= end)) byTime.set(open_time, candle);
  }
  const found = [...byTime.values()].sort((one, other) => (one.open_time < other.open_time ? -1 : 1));
  return isForward ? found.slice(0, limit) : found.slice(-limit);
}
