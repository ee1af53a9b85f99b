import { assetCategorySchema, assetStatusSchema } from '@cnop/common/entities/inventory/asset';
import { z } from 'zod';
import type { MarketAsset } from '../../../api/market.ts';

const MAX_SEARCH_LENGTH = 100;

/** Search parameters of the list of assets. Invalid values are ignored. */
export const assetsSearchSchema = z.object({
  q: z.string().max(MAX_SEARCH_LENGTH).optional().catch(undefined),
  category: assetCategorySchema.optional().catch(undefined),
  status: assetStatusSchema.optional().catch(undefined),
});
export type AssetsSearch = z.infer<typeof assetsSearchSchema>;

/** Returns the assets that match a search, by id. */
export function findAssets(assets: readonly MarketAsset[], search: AssetsSearch): MarketAsset[] {
  const sought = (search.q ?? '').trim().toLowerCase();
  return assets
    .filter(
      (asset) =>
        (search.category === undefined || asset.category === search.category) &&
        (search.status === undefined || asset.status === search.status) &&
        [asset.asset_id, asset.symbol, asset.name].some((text) => text.toLowerCase().includes(sought)),
    )
    .toSorted((one, other) => one.asset_id.localeCompare(other.asset_id, 'en'));
}
