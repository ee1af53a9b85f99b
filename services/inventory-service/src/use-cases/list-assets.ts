import type { Page, PageRequest } from '@cnop/common/core/pagination';
import type { AssetListResponse, AssetResponse } from '@cnop/common/entities/inventory/asset';
import type { AssetCriteria } from '../domain/select-assets.ts';
import { pageOfAssets, selectAssets } from '../domain/select-assets.ts';
import type { InventoryDependencies } from './dependencies.ts';

/** One page of the catalogue, with the number of all assets that meet the criteria and of the active ones among them. */
interface AssetList extends Pick<AssetListResponse, 'total_count' | 'active_count'> {
  readonly page: Page<AssetResponse>;
}

/**
 * Lists the assets that meet the criteria, page by page.
 * @throws UnreadableRequestError (400) when the position is none of such a list
 */
export async function listAssets(
  { catalogue }: Pick<InventoryDependencies, 'catalogue'>,
  criteria: AssetCriteria,
  request: PageRequest,
): Promise<AssetList> {
  const found = selectAssets(await catalogue.getAssets(), criteria);
  return {
    page: pageOfAssets(found, criteria, request),
    total_count: found.length,
    active_count: found.filter(({ is_active }) => is_active).length,
  };
}
