import type { Decimal } from '@cnop/common/core/money';
import { decimal } from '@cnop/common/core/money';
import type { AssetCategory, PublicAsset } from '@cnop/common/entities/inventory/asset';
import type { AssetSortField, SortOrder } from '@cnop/common/entities/inventory/asset-input';
import { isOpenForTrading } from './asset-view.ts';

/** Which assets a list shows, and in what order. */
export interface AssetCriteria {
  readonly activeOnly: boolean;
  readonly category?: AssetCategory | undefined;
  /** Part of an id, a symbol or a name, in any case; empty finds everything. */
  readonly search: string;
  readonly sortBy: AssetSortField;
  readonly sortOrder: SortOrder;
}

/**
 * The assets that meet the criteria, in order: those without a value come last in either direction, and equal ones in
 * the order of their ids, so that the same catalogue always gives the same list.
 */
export function selectAssets<A extends PublicAsset>(assets: readonly A[], criteria: AssetCriteria): A[] {
  const found = assets.filter((asset) => meets(asset, criteria));
  return SORTERS[criteria.sortBy](found, criteria.sortOrder === 'asc' ? 1 : -1);
}

function meets(asset: PublicAsset, { activeOnly, category, search }: AssetCriteria): boolean {
  if (activeOnly && !isOpenForTrading(asset)) return false;
  if (category !== undefined && asset.category !== category) return false;
  const sought = search.toLowerCase();
  return [asset.asset_id, asset.symbol, asset.name].some((text) => text.toLowerCase().includes(sought));
}

type Direction = 1 | -1;
type Sorter = <A extends PublicAsset>(assets: readonly A[], direction: Direction) => A[];

const SORTERS: Readonly<Record<AssetSortField, Sorter>> = {
  asset_id: sorter(({ asset_id }) => asset_id, compareTexts),
  name: sorter(({ name }) => name.toLowerCase(), compareTexts),
  price: sorter(({ current_price }) => decimal(current_price), compareDecimals),
  market_cap: sorter(({ market_cap }) => decimalOrNull(market_cap), compareDecimals),
  market_cap_rank: sorter(
    ({ market_cap_rank }) => market_cap_rank,
    (one, other) => one - other,
  ),
  price_change_24h: sorter(({ price_change_24h }) => decimalOrNull(price_change_24h), compareDecimals),
  price_change_percentage_24h: sorter(
    ({ price_change_percentage_24h }) => decimalOrNull(price_change_percentage_24h),
    compareDecimals,
  ),
};

/** Reads each key once and compares keys, since reading a decimal costs more than comparing two. */
function sorter<Key>(
  keyOf: (asset: PublicAsset) => Key | null,
  compare: (one: Key, other: Key) => number,
): Sorter {
  return (assets, direction) =>
    assets
      .map((asset) => ({ asset, key: keyOf(asset) }))
      .sort((one, other) => {
        if (one.key !== null && other.key !== null) {
          const difference = direction * compare(one.key, other.key);
          if (difference !== 0) return difference;
        } else if (one.key !== other.key) {
          return one.key === null ? 1 : -1;
        }
        return compareTexts(one.asset.asset_id, other.asset.asset_id);
      })
      .map(({ asset }) => asset);
}

function decimalOrNull(text: string | null): Decimal | null {
  return text === null ? null : decimal(text);
}

function compareDecimals(one: Decimal, other: Decimal): number {
  return one.cmp(other);
}

/** By code unit: the same on every machine, whatever its language. */
function compareTexts(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
