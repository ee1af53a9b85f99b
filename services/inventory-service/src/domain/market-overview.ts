import type { AssetId, IsoTime, Price } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import {
  CURRENCY_SCALE,
  clampToStorable,
  decimalOfFloat,
  displayNumber,
  formatPercentageOf,
  formatUsd,
  ZERO,
} from '@cnop/common/core/money';
import type { AssetCategory, AssetResponse } from '@cnop/common/entities/inventory/asset';
import { assetCategorySchema } from '@cnop/common/entities/inventory/asset';

const MAX_MOVERS = 5;
const WHOLE_PERCENT = '100';

/** An asset among the largest gains or losses of the last 24 hours. */
export interface Mover {
  readonly asset_id: AssetId;
  readonly symbol: string;
  readonly name: string;
  readonly current_price: Price;
  readonly price_change_percentage_24h: number;
}

/** The totals of one category; the market cap is in USD. */
export interface CategoryOverview {
  readonly category: AssetCategory;
  readonly asset_count: number;
  readonly market_cap: number;
  /** The mean change of its assets, weighted by market cap; null when no asset has both figures. */
  readonly change_percentage_24h: number | null;
}

/** The totals of the market, its top movers and its categories; amounts are in USD. */
export interface MarketOverview {
  readonly asset_count: number;
  readonly active_count: number;
  readonly total_market_cap: number;
  readonly total_volume_24h_usd: number;
  readonly top_gainers: Mover[];
  readonly top_losers: Mover[];
  readonly by_category: CategoryOverview[];
  readonly updated_at: IsoTime;
}

/** Summarizes the catalogue without currencies and delisted assets. */
export function marketOverview(catalogue: readonly AssetResponse[], now: Date): MarketOverview {
  const assets = catalogue.filter(({ status, category }) => status !== 'delisted' && category !== 'currency');
  const movers = moversOf(assets);
  return {
    asset_count: assets.length,
    active_count: assets.filter(({ is_active }) => is_active).length,
    total_market_cap: totalOf(assets, ({ market_cap }) => market_cap),
    total_volume_24h_usd: totalOf(assets, ({ volume_24h }) => volume_24h),
    top_gainers: movers
      .filter(({ change }) => change > 0)
      .slice(0, MAX_MOVERS)
      .map(toMover),
    top_losers: movers
      .filter(({ change }) => change < 0)
      .reverse()
      .slice(0, MAX_MOVERS)
      .map(toMover),
    by_category: assetCategorySchema.options.flatMap((category) => {
      const members = assets.filter((asset) => asset.category === category);
      return members.length === 0 ? [] : [categoryOverview(category, members)];
    }),
    updated_at: isoTime(now),
  };
}

interface Moved {
  readonly asset: AssetResponse;
  readonly change: number;
}

/** Returns the active assets whose change is known, the greatest gain first. */
function moversOf(assets: readonly AssetResponse[]): Moved[] {
  return assets
    .flatMap((asset) => {
      const { is_active, price_change_percentage_24h: change } = asset;
      return is_active && change !== null ? [{ asset, change }] : [];
    })
    .sort((one, other) => other.change - one.change);
}

function toMover({ asset, change }: Moved): Mover {
  const { asset_id, symbol, name, current_price } = asset;
  return { asset_id, symbol, name, current_price, price_change_percentage_24h: change };
}

function categoryOverview(category: AssetCategory, assets: readonly AssetResponse[]): CategoryOverview {
  let weights = ZERO;
  let weighted = ZERO;
  for (const { market_cap, price_change_percentage_24h: change } of assets) {
    if (market_cap === null || change === null) continue;
    const weight = exactly(market_cap);
    weights = weights.plus(weight);
    weighted = weighted.plus(weight.times(exactly(change)));
  }
  return {
    category,
    asset_count: assets.length,
    market_cap: totalOf(assets, ({ market_cap }) => market_cap),
    change_percentage_24h: weights.eq(ZERO)
      ? null
      : displayNumber(formatPercentageOf(weighted.div(WHOLE_PERCENT), weights)),
  };
}

function totalOf(
  assets: readonly AssetResponse[],
  statisticOf: (asset: AssetResponse) => number | null,
): number {
  const total = assets.reduce((sum, asset) => sum.plus(exactly(statisticOf(asset) ?? 0)), ZERO);
  return displayNumber(formatUsd(clampToStorable(total, CURRENCY_SCALE)));
}

/** Converts a statistic to the decimal it shows, in hundredths, so that sums have no rounding errors. */
function exactly(statistic: number): Decimal {
  return decimalOfFloat(statistic, CURRENCY_SCALE);
}
