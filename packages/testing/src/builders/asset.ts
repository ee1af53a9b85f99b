import type { AssetBalance, StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import { assetBalanceSchema, storedAssetBalanceSchema } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import { assetTransactionSchema } from '@cnop/common/entities/asset/asset-transaction';
import type { z } from 'zod';
import { BUILT_ASSET_ID, BUILT_AT, BUILT_TIMES, BUILT_USERNAME } from './defaults.ts';

const BUILT_HOLDING = {
  username: BUILT_USERNAME,
  asset_id: BUILT_ASSET_ID,
  quantity: '0.5',
  average_purchase_price: '40000',
  total_invested: '20000.00',
  ...BUILT_TIMES,
  last_transaction: BUILT_AT,
} as const;

/** Builds a stored position of half a unit. */
export function aStoredAssetBalance(
  overrides: Partial<z.input<typeof storedAssetBalanceSchema>> = {},
): StoredAssetBalance {
  return storedAssetBalanceSchema.parse({ ...BUILT_HOLDING, ...overrides });
}

/** Builds the same position, valued at 50,000.00 per unit. */
export function anAssetBalance(overrides: Partial<z.input<typeof assetBalanceSchema>> = {}): AssetBalance {
  return assetBalanceSchema.parse({
    ...BUILT_HOLDING,
    current_market_value: '25000.00',
    unrealized_pnl: '5000.00',
    ...overrides,
  });
}

/** Builds the buy that the position comes from. */
export function anAssetTransaction(
  overrides: Partial<z.input<typeof assetTransactionSchema>> = {},
): AssetTransaction {
  return assetTransactionSchema.parse({
    transaction_id: '01990000-0000-7000-8000-000000000002',
    username: BUILT_USERNAME,
    asset_id: BUILT_ASSET_ID,
    transaction_type: 'buy',
    quantity: '0.5',
    counterpart: 'house:asset:BTC',
    price: '40000',
    mid_price: '40000',
    total_amount: '20000.00',
    order_id: '01990000-0000-7000-8000-000000000001',
    status: 'completed',
    fees: '0.00',
    timestamp: BUILT_AT,
    ...BUILT_TIMES,
    ...overrides,
  });
}
