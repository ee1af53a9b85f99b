import { decimal } from '@cnop/common/core/money';
import { assetCategorySchema } from '@cnop/common/entities/inventory/asset';
import { z } from 'zod';
import type { MarketAsset } from '../../api/market.ts';
import type { SortDirection } from '../../ui/table.tsx';

const MAX_SEARCH_LENGTH = 100;

const marketSortSchema = z.enum(['rank', 'name', 'price', 'change', 'volume', 'cap']);
export type MarketSort = z.infer<typeof marketSortSchema>;

/** Search parameters of the market page. Invalid values are ignored. */
export const marketSearchSchema = z.object({
  q: z.string().max(MAX_SEARCH_LENGTH).optional().catch(undefined),
  category: assetCategorySchema.optional().catch(undefined),
  sort: marketSortSchema.optional().catch(undefined),
  dir: z.enum(['asc', 'desc']).optional().catch(undefined),
});
export type MarketSearch = z.infer<typeof marketSearchSchema>;

/** The direction in which a column is sorted first: names ascending, numbers descending. */
export const FIRST_DIRECTION: Readonly<Record<MarketSort, SortDirection>> = {
  rank: 'asc',
  name: 'asc',
  price: 'desc',
  change: 'desc',
  volume: 'desc',
  cap: 'desc',
};

/** Negative, zero or positive; `undefined` if a value is missing. */
type Compare = (one: MarketAsset, other: MarketAsset) => number | undefined;

const COMPARE: Readonly<Record<MarketSort, Compare>> = {
  rank: (one, other) => difference(one.market_cap_rank, other.market_cap_rank),
  name: (one, other) => one.name.localeCompare(other.name, 'en'),
  price: (one, other) => decimal(one.current_price).cmp(other.current_price),
  change: (one, other) => difference(one.price_change_percentage_24h, other.price_change_percentage_24h),
  volume: (one, other) => difference(one.volume_24h, other.volume_24h),
  cap: (one, other) => difference(one.market_cap, other.market_cap),
};

/** Returns the assets that match a search, sorted; assets without the value come last in both directions. */
export function selectAssets(assets: readonly MarketAsset[], search: MarketSearch): MarketAsset[] {
  const sort = search.sort ?? 'rank';
  const factor = (search.dir ?? FIRST_DIRECTION[sort]) === 'asc' ? 1 : -1;
  const sought = (search.q ?? '').trim().toLowerCase();
  return assets
    .filter(
      ({ asset_id, symbol, name, category }) =>
        (search.category === undefined || category === search.category) &&
        [asset_id, symbol, name].some((text) => text.toLowerCase().includes(sought)),
    )
    .toSorted((one, other) => {
      const order = COMPARE[sort](one, other);
      if (order === undefined) return isMissing(one, sort) ? (isMissing(other, sort) ? 0 : 1) : -1;
      return order * factor || one.asset_id.localeCompare(other.asset_id, 'en');
    });
}

function isMissing(asset: MarketAsset, sort: MarketSort): boolean {
  return COMPARE[sort](asset, asset) === undefined;
}

function difference(one: number | null, other: number | null): number | undefined {
  return one === null || other === null ? undefined : one - other;
}
