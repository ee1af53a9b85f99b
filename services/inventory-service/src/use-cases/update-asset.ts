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
 * Edits what is said of an asset, its state included.
 * @throws NotFoundError (404), StateConflictError (409) when a delisted asset would be listed again
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
    rule: (asset, at) => {
      const live = deps.market.livePrice(assetId)?.quote;
      const isLive = live !== undefined && live.at >= asset.last_price_update;
      return editAsset(asset, changes, { at, lastPrice: isLive ? live.mid : asset.current_price });
    },
  });
}
