import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import type { Asset, AssetResponse } from '@cnop/common/entities/inventory/asset';
import { NotFoundError } from '@cnop/exception/errors';
import { toAssetView } from '../domain/asset-view.ts';
import type { AssetAction } from './audit-asset.ts';
import { assetChanges, auditWriter } from './audit-asset.ts';
import type { Caller, InventoryDependencies } from './dependencies.ts';

export interface AssetChange {
  readonly assetId: string;
  readonly caller: Caller;
  readonly action: AssetAction;
  /** The rule of the domain; when it gives back the asset it got, nothing is written. */
  readonly rule: (asset: Asset, at: Date) => Asset;
}

/**
 * Changes one asset and logs who did, in one commit.
 * @throws NotFoundError (404); whatever the rule throws, with nothing written
 */
export async function changeAsset(
  deps: InventoryDependencies,
  { assetId, caller, action, rule }: AssetChange,
): Promise<AssetResponse> {
  const now = deps.clock.now();
  const auditWrite = auditWriter(deps, caller, action);
  const changed = await deps.store.transact({ asset: assetRecord.key({ asset_id: assetId }) }, (items) => {
    const before = assetRecord.readIfPresent(items.asset);
    if (!before) throw new NotFoundError('The asset');
    const after = rule(before, now);
    return {
      writes:
        after === before
          ? []
          : [assetRecord.replace(after), auditWrite({ assetId, changes: assetChanges(before, after) })],
      result: after,
    };
  });
  deps.catalogue.forget();
  deps.market.assetEdited(changed);
  return toAssetView(changed, deps.market.livePrice(assetId));
}
