import type { AssetResponse } from '@cnop/common/entities/inventory/asset';
import { reprice } from '../domain/asset-rules.ts';
import { changeAsset } from './change-asset.ts';
import type { Caller, InventoryDependencies } from './dependencies.ts';

export interface SetAssetPriceCommand {
  readonly caller: Caller;
  readonly assetId: string;
  /** USD per unit. */
  readonly price: string;
}

/**
 * Sets the price at which an asset trades from now on.
 * @throws NotFoundError (404)
 * @throws ValidationError (422) when the price has more fraction digits than the asset's `price_scale`
 */
export async function setAssetPrice(
  deps: InventoryDependencies,
  { caller, assetId, price }: SetAssetPriceCommand,
): Promise<AssetResponse> {
  return changeAsset(deps, {
    assetId,
    caller,
    action: 'set_asset_price',
    rule: (asset, at) => reprice(asset, price, at),
  });
}
