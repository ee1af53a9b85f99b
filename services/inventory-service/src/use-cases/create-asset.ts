import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import type { AssetResponse } from '@cnop/common/entities/inventory/asset';
import type { AssetCreate } from '@cnop/common/entities/inventory/asset-input';
import { AlreadyExistsError } from '@cnop/exception/errors';
import { newAsset } from '../domain/asset-rules.ts';
import { toAssetView } from '../domain/asset-view.ts';
import { assetChanges, auditWriter } from './audit-asset.ts';
import type { Caller, InventoryDependencies } from './dependencies.ts';

/**
 * Adds an asset to the catalogue, and to the audit log who did.
 * @throws ValidationError (422) when the price does not fit its scale
 * @throws AlreadyExistsError (409)
 */
export async function createAsset(
  deps: InventoryDependencies,
  { caller, input }: { readonly caller: Caller; readonly input: AssetCreate },
): Promise<AssetResponse> {
  const asset = newAsset(input, deps.clock.now());
  const auditWrite = auditWriter(deps, caller, 'create_asset');
  await deps.store.transact({ existing: assetRecord.key(asset) }, ({ existing }) => {
    if (existing) throw new AlreadyExistsError('An asset with this id exists.', 'asset_id');
    return {
      writes: [
        assetRecord.create(asset),
        auditWrite({ assetId: asset.asset_id, changes: assetChanges(undefined, asset) }),
      ],
      result: undefined,
    };
  });
  deps.catalogue.forget();
  deps.market.priceSet(asset);
  return toAssetView(asset, deps.market.livePrice(asset.asset_id));
}
