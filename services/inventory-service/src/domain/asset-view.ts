import { displayNumber } from '@cnop/common/core/money';
import type { Asset, AssetResponse } from '@cnop/common/entities/inventory/asset';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { storedSeqOf } from '@cnop/common/entities/inventory/quote-rules';
import type { DayStatistics } from './day-statistics.ts';

/** What the market knows of an asset right now. */
export interface LivePrice {
  readonly quote: Pick<Quote, 'mid' | 'at' | 'seq'>;
  /** Absent where this process does not make the prices; the stored asset has the most of it. */
  readonly day: DayStatistics | undefined;
}

/** An asset as clients see it: at the price of the moment, unless the stored one is newer. */
export function toAssetView(asset: Asset, live: LivePrice | undefined): AssetResponse {
  const isActive = isOpenForTrading(asset);
  const isLive = live !== undefined && live.quote.seq >= storedSeqOf(asset);
  const { current_price, last_price_update } = isLive
    ? { current_price: live.quote.mid, last_price_update: live.quote.at }
    : asset;
  const { quote_seq: _seq, price_suspended: _isSuspended, ...shown } = asset;
  return {
    ...shown,
    high_24h: null,
    low_24h: null,
    ...live?.day,
    current_price,
    last_price_update,
    price_usd: displayNumber(current_price),
    is_active: isActive,
    availability_status: isActive ? 'available' : 'unavailable',
  };
}

export function isOpenForTrading({ status }: Pick<Asset, 'status'>): boolean {
  return status === 'active';
}
