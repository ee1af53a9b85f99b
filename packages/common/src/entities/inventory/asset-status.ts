import { StateConflictError } from '@cnop/exception/errors';
import { isoTime } from '../../core/brands.ts';
import type { Asset } from './asset.ts';

/** 409: the asset is delisted, so its positions are settled and its status is final. */
export class DelistedError extends StateConflictError {
  constructor() {
    super('The asset is delisted, which is final.');
  }
}

/**
 * Opens or closes an asset for trading. Returns the same object when its status does not change.
 * @throws DelistedError (409)
 */
export function switchTrading(asset: Asset, status: 'active' | 'cancel_only', at: Date): Asset {
  if (asset.status === 'delisted') throw new DelistedError();
  return asset.status === status ? asset : { ...asset, status, updated_at: isoTime(at) };
}

/** The fields that a delisting and the settlement of its positions set; they decide what holders are paid. */
type SettlementFields = Pick<Asset, 'settlement_price' | 'delisted_at' | 'settled_at'>;

/** A change of an asset that neither lists nor delists it. */
export type AssetChange = Partial<Omit<Asset, 'asset_id' | keyof SettlementFields>>;

/**
 * Changes fields of an asset. Its id and the fields of its settlement stay as they are.
 * @throws DelistedError (409) when a delisted asset would be listed again
 * @throws StateConflictError (409) when the change would delist the asset, which needs a settlement price
 */
export function applyChange(asset: Asset, change: AssetChange): Asset {
  const { asset_id, settlement_price, delisted_at, settled_at } = asset;
  const changed = { ...asset, ...change, asset_id, settlement_price, delisted_at, settled_at };
  if (asset.status === 'delisted' && changed.status !== 'delisted') throw new DelistedError();
  if (asset.status !== 'delisted' && changed.status === 'delisted') {
    throw new StateConflictError('An asset is delisted only with a settlement price for its positions.');
  }
  return changed;
}
