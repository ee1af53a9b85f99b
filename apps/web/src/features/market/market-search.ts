import { decimal } from '@cnop/common/core/money';
import { assetCategorySchema } from '@cnop/common/entities/inventory/asset';
import { z } from 'zod';
import type { MarketAsset } from '../../api/market.ts';
import type { SortDirection } from '../../ui/table.tsx';

const MAX_SEARCH_LENGTH = 100;

const marketSortSchema = z.enum(['rank', 'name', 'price', 'change', 'volume', 'cap']);
export type MarketSort = z.infer<typeof marketSortSchema>;

/** What the address says about the market page. What makes no sense there is as if it were not there. */
export const marketSearchSchema = z.object({
  q: z.string().max(MAX_SEARCH_LENGTH).optional().catch(undefined),
  category: assetCategorySchema.optional().catch(undefined),
  sort: marketSortSchema.optional().catch(undefined),
  dir: z.enum(['asc', 'desc']).optional().catch(undefined),
});
export type MarketSearch = z.infer<typeof marketSearchSchema>;

/** How each column is sorted when it is chosen: names from A, numbers from the largest. */
export const FIRST_DIRECTION: Readonly<Record<MarketSort, SortDirection>> = {
  rank: 'asc',
  name: 'asc',
  price: 'desc',
  change: 'desc',
  volume: 'desc',
  cap: 'desc',
};

/** Smaller than, equal to or larger than 0; undefined stands for a value that is missing. */
type Compare = (one: MarketAsset, other: MarketAsset) => number | undefined;

const COMPARE: Readonly<Record<MarketSort, Compare>> = {
  rank: (one, other) => difference(one.market_cap_rank, other.market_cap_rank),
  name: (one, other) => one.name.localeCompare(other.name, 'en'),
  price: (one, other) => decimal(one.current_price).cmp(other.current_price),
  change: (one, other) => difference(one.price_change_percentage_24h, other.price_change_percentage_24h),
  volume: (one, other) => difference(one.volume_24h, other.volume_24h),
  cap: (one, other) => difference(one.market_cap, other.market_cap),
};

/** The assets that a search is for, in its order; those without the value come last in either direction. */
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
