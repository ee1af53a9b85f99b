import { displayNumber } from '@cnop/common/core/money';
import type { Asset, AssetResponse } from '@cnop/common/entities/inventory/asset';

/** An asset as clients see it. */
export function toAssetView(asset: Asset): AssetResponse {
  const isActive = isOpenForTrading(asset);
  return {
    ...asset,
    price_usd: displayNumber(asset.current_price),
    is_active: isActive,
    availability_status: isActive ? 'available' : 'unavailable',
  };
}

export function isOpenForTrading({ status }: Pick<Asset, 'status'>): boolean {
  return status === 'active';
}
