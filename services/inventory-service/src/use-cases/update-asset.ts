import type { AssetResponse } from '@cnop/common/entities/inventory/asset';
import type { AssetUpdate } from '@cnop/common/entities/inventory/asset-input';
import { editAsset } from '../domain/asset-rules.ts';
import { changeAsset } from './change-asset.ts';
import type { Caller, InventoryDependencies } from './dependencies.ts';

export interface UpdateAssetCommand {
  readonly caller: Caller;
  readonly assetId: string;
  readonly changes: AssetUpdate;
}

/**
 * Edits what is said of an asset.
 * @throws NotFoundError (404)
 * @throws ValidationError (422) when a scale would change in a way that it may not
 */
export async function updateAsset(
  deps: InventoryDependencies,
  { caller, assetId, changes }: UpdateAssetCommand,
): Promise<AssetResponse> {
  return changeAsset(deps, {
    assetId,
    caller,
    action: 'update_asset',
    rule: (asset, at) => editAsset(asset, changes, at),
  });
}
