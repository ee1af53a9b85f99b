import { displayNumber } from '@cnop/common/core/money';
import type { Asset, AssetResponse } from '@cnop/common/entities/inventory/asset';
import { marketCapOf } from '@cnop/common/entities/inventory/market-cap';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { storedSeqOf } from '@cnop/common/entities/inventory/quote-rules';
import type { DayStatistics } from './day-statistics.ts';

/** What the market knows of an asset right now. */
export interface LivePrice {
  readonly quote: Pick<Quote, 'mid' | 'at' | 'seq'>;
  /** Absent where this process does not make the prices; the stored asset has the most of it. */
  readonly day: DayStatistics | undefined;
}

/** Returns an asset as clients see it: at the current quote, unless the stored price is newer, with statistics as numbers. */
export function toAssetView(asset: Asset, live: LivePrice | undefined): AssetResponse {
  const isActive = isOpenForTrading(asset);
  const isLive = live !== undefined && live.quote.seq >= storedSeqOf(asset);
  const { current_price, last_price_update } = isLive
    ? { current_price: live.quote.mid, last_price_update: live.quote.at }
    : asset;
  const { quote_seq: _seq, price_suspended: _isSuspended, ...shown } = asset;
  const { circulating_supply: supply } = asset;
  const day = live?.day;
  const { volume_24h, price_change_24h, price_change_percentage_24h } = day ?? asset;
  return {
    ...shown,
    market_cap: statistic(supply === null ? null : marketCapOf(supply, current_price)),
    volume_24h: statistic(volume_24h),
    price_change_24h: statistic(price_change_24h),
    price_change_percentage_24h: statistic(price_change_percentage_24h),
    high_24h: statistic(day?.high_24h ?? null),
    low_24h: statistic(day?.low_24h ?? null),
    current_price,
    last_price_update,
    price_usd: displayNumber(current_price),
    is_active: isActive,
    availability_status: isActive ? 'available' : 'unavailable',
  };
}

function statistic(amount: string | null): number | null {
  return amount === null ? null : displayNumber(amount);
}

export function isOpenForTrading({ status }: Pick<Asset, 'status'>): boolean {
  return status === 'active';
}
