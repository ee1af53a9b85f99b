import type { AssetResponse } from '@cnop/common/entities/inventory/asset';
import { NotFoundError } from '@cnop/exception/errors';
import { toAssetView } from '../domain/asset-view.ts';
import type { InventoryDependencies } from './dependencies.ts';

/**
 * One asset, as it is stored now and at the price of the moment.
 * @throws NotFoundError (404)
 */
export async function getAsset(
  { assets, market }: Pick<InventoryDependencies, 'assets' | 'market'>,
  assetId: string,
): Promise<AssetResponse> {
  const asset = await assets.getAsset(assetId);
  if (!asset) throw new NotFoundError('The asset');
  return toAssetView(asset, market.livePrice(assetId));
}
