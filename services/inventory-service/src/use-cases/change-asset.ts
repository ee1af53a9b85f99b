import type { AssetId } from '@cnop/common/core/brands';
import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import type { Asset, AssetResponse } from '@cnop/common/entities/inventory/asset';
import type { AssetCreate, AssetUpdate } from '@cnop/common/entities/inventory/asset-input';
import { switchTrading } from '@cnop/common/entities/inventory/asset-status';
import { storedSeqOf } from '@cnop/common/entities/inventory/quote';
import { AlreadyExistsError, NotFoundError } from '@cnop/exception/errors';
import { editAsset, newAsset } from '../domain/asset-rules.ts';
import { toAssetView } from '../domain/asset-view.ts';
import type { AssetAction } from './audit-asset.ts';
import { assetChanges, auditWriter } from './audit-asset.ts';
import type { Caller, InventoryDependencies } from './dependencies.ts';

type ChangeAssetDeps = Pick<
  InventoryDependencies,
  'store' | 'clock' | 'audit' | 'assets' | 'catalogue' | 'market'
>;

/**
 * Adds an asset to the catalogue, with its audit event in the same commit.
 * @throws ValidationError (422) when the price has more fraction digits than `price_scale`, or both a supply and a market
 *   cap are given
 * @throws AlreadyExistsError (409)
 */
export async function createAsset(
  deps: ChangeAssetDeps,
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
  deps.catalogue.invalidate();
  deps.market.priceSet(asset);
  return toAssetView(asset, deps.market.livePrice(asset.asset_id));
}

export interface UpdateAssetCommand {
  readonly caller: Caller;
  readonly assetId: AssetId;
  readonly changes: AssetUpdate;
}

/**
 * Edits the description, limits and state of an asset.
 * @throws NotFoundError (404)
 * @throws DelistedError (409) when a delisted asset would be listed again
 * @throws ValidationError (422) when a scale may not change that way, or both a supply and a market cap are given
 */
export async function updateAsset(
  deps: ChangeAssetDeps,
  { caller, assetId, changes }: UpdateAssetCommand,
): Promise<AssetResponse> {
  // The asset itself has only the last price that staff set.
  const priced = await deps.assets.getAsset(assetId);
  return changeAsset(deps, {
    assetId,
    caller,
    action: 'update_asset',
    rule: (asset, at) => {
      const stored = priced && storedSeqOf(priced) > storedSeqOf(asset) ? priced : asset;
      const live = deps.market.livePrice(assetId)?.quote;
      const isLive = live !== undefined && live.seq >= storedSeqOf(stored);
      return editAsset(asset, changes, { at, lastPrice: isLive ? live.mid : stored.current_price });
    },
  });
}

export interface SwitchTradingCommand {
  readonly caller: Caller;
  readonly assetId: AssetId;
}

/**
 * Opens an asset for trading; idempotent.
 * @throws NotFoundError (404)
 * @throws DelistedError (409)
 */
export async function activateAsset(
  deps: ChangeAssetDeps,
  command: SwitchTradingCommand,
): Promise<AssetResponse> {
  return changeAsset(deps, {
    ...command,
    action: 'activate_asset',
    rule: (asset, at) => switchTrading(asset, 'active', at),
  });
}

/**
 * Closes an asset for trading; idempotent. Open orders stay and can be cancelled.
 * @throws NotFoundError (404)
 * @throws DelistedError (409)
 */
export async function deactivateAsset(
  deps: ChangeAssetDeps,
  command: SwitchTradingCommand,
): Promise<AssetResponse> {
  return changeAsset(deps, {
    ...command,
    action: 'deactivate_asset',
    rule: (asset, at) => switchTrading(asset, 'cancel_only', at),
  });
}

interface AssetChange {
  readonly assetId: AssetId;
  readonly caller: Caller;
  readonly action: AssetAction;
  /** Nothing is written when it returns the asset it was given. */
  readonly rule: (asset: Asset, at: Date) => Asset;
}

/** Changes one asset and writes the audit event in the same commit. */
async function changeAsset(
  deps: ChangeAssetDeps,
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
  deps.catalogue.invalidate();
  deps.market.assetEdited(changed);
  return toAssetView(changed, deps.market.livePrice(assetId));
}
