import type { AssetResponse } from '@cnop/common/entities/inventory/asset';
import { switchTrading } from '../domain/asset-rules.ts';
import { changeAsset } from './change-asset.ts';
import type { Caller, InventoryDependencies } from './dependencies.ts';

export interface SwitchTradingCommand {
  readonly caller: Caller;
  readonly assetId: string;
}

/**
 * Opens an asset for trading; once it is open, doing so again changes nothing.
 * @throws NotFoundError (404), StateConflictError (409) when it is delisted
 */
export async function activateAsset(
  deps: InventoryDependencies,
  command: SwitchTradingCommand,
): Promise<AssetResponse> {
  return changeAsset(deps, {
    ...command,
    action: 'activate_asset',
    rule: (asset, at) => switchTrading(asset, 'active', at),
  });
}

/**
 * Closes an asset for trading: open orders stay and can be cancelled. Once it is closed, doing so again changes nothing.
 * @throws NotFoundError (404), StateConflictError (409) when it is delisted
 */
export async function deactivateAsset(
  deps: InventoryDependencies,
  command: SwitchTradingCommand,
): Promise<AssetResponse> {
  return changeAsset(deps, {
    ...command,
    action: 'deactivate_asset',
    rule: (asset, at) => switchTrading(asset, 'cancel_only', at),
  });
}
