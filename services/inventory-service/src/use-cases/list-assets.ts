import type { AssetListResponse } from '@cnop/common/entities/inventory/asset';
import type { AssetCriteria } from '../domain/select-assets.ts';
import { selectAssets } from '../domain/select-assets.ts';
import type { InventoryDependencies } from './dependencies.ts';

/** The first assets that meet the criteria, with the number of all that do and of the active ones among them. */
export async function listAssets(
  { catalogue }: Pick<InventoryDependencies, 'catalogue'>,
  { limit, ...criteria }: AssetCriteria & { readonly limit: number },
): Promise<AssetListResponse> {
  const found = selectAssets(await catalogue.getAssets(), criteria);
  return {
    data: found.slice(0, limit),
    total_count: found.length,
    active_count: found.filter(({ is_active }) => is_active).length,
  };
}
