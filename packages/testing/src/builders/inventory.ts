import type { Asset } from '@cnop/common/entities/inventory/asset';
import { assetSchema } from '@cnop/common/entities/inventory/asset';
import type { z } from 'zod';
import { BUILT_ASSET_ID, BUILT_AT, BUILT_TIMES } from './defaults.ts';

/** Builds an active asset at 50,000.00 with 8 fraction digits. */
export function anAsset(overrides: Partial<z.input<typeof assetSchema>> = {}): Asset {
  const assetId = overrides.asset_id ?? BUILT_ASSET_ID;
  return assetSchema.parse({
    asset_id: assetId,
    symbol: assetId,
    name: assetId === BUILT_ASSET_ID ? 'Bitcoin' : assetId,
    current_price: '50000.00',
    ...BUILT_TIMES,
    last_price_update: BUILT_AT,
    ...overrides,
  });
}
