import type { MarketAsset } from '../../../api/market/assets.ts';
import type { AssetsSearch } from './assets-search.ts';

/** The assets that a search is for, by their ids. */
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
