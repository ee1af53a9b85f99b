import { assetResponseSchema } from '@cnop/common/entities/inventory/asset';
import type { MarketAsset } from '../../../../src/api/market.ts';

const at = '2026-01-31T12:00:00.000Z';

/** Makes an asset as the API returns it. */
export function managedAsset(fields: Record<string, unknown> = {}): MarketAsset {
  return assetResponseSchema.parse({
    asset_id: 'BTC',
    symbol: 'BTC',
    name: 'Bitcoin',
    current_price: '64000.5',
    created_at: at,
    updated_at: at,
    last_price_update: at,
    price_usd: 64000.5,
    is_active: true,
    availability_status: 'available',
    high_24h: null,
    low_24h: null,
    ...fields,
  });
}
