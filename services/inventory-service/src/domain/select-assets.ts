import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal } from '@cnop/common/core/money';
import type { Page, PageRequest, Position } from '@cnop/common/core/pagination';
import { unreadableCursor } from '@cnop/common/core/pagination';
import type { AssetCategory, AssetResponse } from '@cnop/common/entities/inventory/asset';
import type { AssetSortField, SortOrder } from '@cnop/common/entities/inventory/asset-input';
import { isOpenForTrading } from './asset-view.ts';

/** The filters and the order of a list of assets. */
export interface AssetCriteria {
  readonly activeOnly: boolean;
  readonly category?: AssetCategory | undefined;
  /** Part of an id, symbol or name, case-insensitive; an empty text matches everything. */
  readonly search: string;
  readonly sortBy: AssetSortField;
  readonly sortOrder: SortOrder;
}

/**
 * Returns the assets that meet the criteria, sorted. Assets without a value come last in both directions, and equal ones
 * in the order of their ids, so the same catalogue always gives the same list.
 */
export function selectAssets<A extends AssetResponse>(assets: readonly A[], criteria: AssetCriteria): A[] {
  const found = assets.filter((asset) => meets(asset, criteria));
  return ORDERS[criteria.sortBy].sort(found, directionOf(criteria));
}

/**
 * Returns one page of a sorted list. A page begins after the value that the last asset of the page before had when it was
 * shown. So an asset whose value stays the same is shown exactly once; one whose value moves past that point meanwhile may
 * be shown twice or not at all.
 * @param sorted the result of `selectAssets` for the same criteria
 * @throws UnreadableRequestError (400) when the position does not belong to this order
 */
export function pageOfAssets<A extends AssetResponse>(
  sorted: readonly A[],
  criteria: AssetCriteria,
  { limit, after }: Pick<PageRequest, 'limit' | 'after'>,
): Page<A> {
  const { follows, positionOf } = ORDERS[criteria.sortBy];
  const rest = after ? sorted.filter(follows(after, directionOf(criteria))) : sorted;
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last && rest.length > limit ? positionOf(last) : undefined };
}

function directionOf({ sortOrder }: AssetCriteria): Direction {
  return sortOrder === 'asc' ? 1 : -1;
}

function meets(asset: AssetResponse, { activeOnly, category, search }: AssetCriteria): boolean {
  if (activeOnly && !isOpenForTrading(asset)) return false;
  // Currencies are listed only when they are asked for: orders do not trade them.
  if (category === undefined ? asset.category === 'currency' : asset.category !== category) return false;
  const sought = search.toLowerCase();
  return [asset.asset_id, asset.symbol, asset.name].some((text) => text.toLowerCase().includes(sought));
}

/** The sort key of an asset, null without a value, and its id. */
interface SortKey<Key> {
  readonly key: Key | null;
  readonly id: string;
}

type Direction = 1 | -1;

/** The order of a list by one field. */
interface AssetOrder {
  sort<A extends AssetResponse>(assets: readonly A[], direction: Direction): A[];
  positionOf(asset: AssetResponse): Position;
  /** @throws UnreadableRequestError (400) for a position that this order cannot have produced */
  follows(position: Position, direction: Direction): (asset: AssetResponse) => boolean;
}

/** The comparison of keys of one type, and their form in a cursor. */
interface KeyKind<Key> {
  readonly compare: (one: Key, other: Key) => number;
  readonly write: (key: Key) => string;
  readonly read: (text: string) => Key;
}

const TEXT: KeyKind<string> = { compare: compareTexts, write: String, read: String };
const NUMBER: KeyKind<number> = { compare: (one, other) => one - other, write: String, read: Number };
const DECIMAL: KeyKind<Decimal> = {
  compare: (one, other) => one.cmp(other),
  write: formatDecimal,
  read: decimal,
};

const ORDERS: Readonly<Record<AssetSortField, AssetOrder>> = {
  asset_id: orderBy(({ asset_id }) => asset_id, TEXT),
  name: orderBy(({ name }) => name.toLowerCase(), TEXT),
  price: orderBy(({ current_price }) => decimal(current_price), DECIMAL),
  market_cap: orderBy(({ market_cap }) => market_cap, NUMBER),
  market_cap_rank: orderBy(({ market_cap_rank }) => market_cap_rank, NUMBER),
  price_change_24h: orderBy(({ price_change_24h }) => price_change_24h, NUMBER),
  price_change_percentage_24h: orderBy(
    ({ price_change_percentage_24h }) => price_change_percentage_24h,
    NUMBER,
  ),
};

function orderBy<Key>(
  keyOf: (asset: AssetResponse) => Key | null,
  { compare, write, read }: KeyKind<Key>,
): AssetOrder {
  const sortKeyOf = (asset: AssetResponse): SortKey<Key> => ({ key: keyOf(asset), id: asset.asset_id });
  const compareSortKeys = (one: SortKey<Key>, other: SortKey<Key>, direction: Direction): number => {
    if (one.key !== null && other.key !== null) {
      const difference = direction * compare(one.key, other.key);
      if (difference !== 0) return difference;
    } else if (one.key !== other.key) {
      return one.key === null ? 1 : -1;
    }
    return compareTexts(one.id, other.id);
  };
  return {
    // Parses each key once, since parsing a decimal costs more than comparing two.
    sort: (assets, direction) =>
      assets
        .map((asset) => ({ asset, sortKey: sortKeyOf(asset) }))
        .sort((one, other) => compareSortKeys(one.sortKey, other.sortKey, direction))
        .map(({ asset }) => asset),
    positionOf(asset) {
      const { key, id } = sortKeyOf(asset);
      return key === null ? { id } : { id, key: write(key) };
    },
    follows({ id, key }, direction) {
      if (id === undefined) throw unreadableCursor();
      const start = { id, key: key === undefined ? null : readKey(read, key) };
      return (asset) => compareSortKeys(sortKeyOf(asset), start, direction) > 0;
    },
  };
}

function readKey<Key>(read: (text: string) => Key, text: string): Key {
  try {
    const key = read(text);
    if (!Number.isNaN(key)) return key;
  } catch {
    // Not a decimal.
  }
  throw unreadableCursor();
}

/** Compares by code unit, so that the order does not depend on the locale of the machine. */
function compareTexts(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
