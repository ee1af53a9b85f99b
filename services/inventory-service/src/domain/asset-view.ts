import { displayNumber } from '@cnop/common/core/money';
import type { Asset, AssetResponse } from '@cnop/common/entities/inventory/asset';
import { marketCapOf } from '@cnop/common/entities/inventory/asset';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { storedSeqOf } from '@cnop/common/entities/inventory/quote';
import type { DayStatistics } from './day-statistics.ts';

/** The current quote of an asset, with its statistics of the last 24 hours. */
export interface LivePrice {
  readonly quote: Pick<Quote, 'mid' | 'at' | 'seq'>;
  /** `undefined` on instances that do not make prices; they show the stored statistics. */
  readonly day: DayStatistics | undefined;
}

/**
 * Converts an asset to the form that clients see: at the current quote unless the stored price is newer, with statistics
 * as numbers. Each field is named, since spreading the asset costs fifty times as much.
 * @see docs/adr/0039-statistics-are-numbers.md
 */
export function toAssetView(asset: Asset, live: LivePrice | undefined): AssetResponse {
  const isActive = isOpenForTrading(asset);
  const isLive = live !== undefined && live.quote.seq >= storedSeqOf(asset);
  const price = isLive ? live.quote.mid : asset.current_price;
  const { circulating_supply: supply } = asset;
  const day = live?.day;
  const { volume_24h, price_change_24h, price_change_percentage_24h } = day ?? asset;
  return {
    asset_id: asset.asset_id,
    symbol: asset.symbol,
    name: asset.name,
    description: asset.description,
    current_price: price,
    circulating_supply: supply,
    market_cap: statistic(supply === null ? null : marketCapOf(supply, price)),
    volume_24h: statistic(volume_24h),
    price_change_24h: statistic(price_change_24h),
    price_change_percentage_24h: statistic(price_change_percentage_24h),
    high_24h: statistic(day?.high_24h ?? null),
    low_24h: statistic(day?.low_24h ?? null),
    status: asset.status,
    category: asset.category,
    website: asset.website,
    whitepaper: asset.whitepaper,
    image: asset.image,
    market_cap_rank: asset.market_cap_rank,
    quantity_scale: asset.quantity_scale,
    price_scale: asset.price_scale,
    spread_bps: asset.spread_bps,
    fee_bps: asset.fee_bps,
    daily_volatility_bps: asset.daily_volatility_bps,
    settlement_price: asset.settlement_price,
    delisted_at: asset.delisted_at,
    settled_at: asset.settled_at,
    created_at: asset.created_at,
    updated_at: asset.updated_at,
    last_price_update: isLive ? live.quote.at : asset.last_price_update,
    price_usd: displayNumber(price),
    is_active: isActive,
    availability_status: isActive ? 'available' : 'unavailable',
  };
}

function statistic(amount: string | null): number | null {
  return amount === null ? null : displayNumber(amount);
}

/** Returns whether orders for an asset may be placed. */
export function isOpenForTrading({ status }: Pick<Asset, 'status'>): boolean {
  return status === 'active';
}
