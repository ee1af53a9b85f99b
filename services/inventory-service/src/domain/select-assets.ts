import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal } from '@cnop/common/core/money';
import type { Page, PageRequest, Position } from '@cnop/common/core/pagination';
import { unreadableCursor } from '@cnop/common/core/pagination';
import type { AssetCategory, AssetResponse } from '@cnop/common/entities/inventory/asset';
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
export function selectAssets<A extends AssetResponse>(assets: readonly A[], criteria: AssetCriteria): A[] {
  const found = assets.filter((asset) => meets(asset, criteria));
  return ORDERS[criteria.sortBy].sort(found, directionOf(criteria));
}

/**
 * Cuts one page out of a sorted list. A page begins behind the value that the last asset of the page before had when it
 * was shown, wherever that asset stands now: an asset whose value stays the same is shown exactly once; one whose value
 * moves past that point while a client turns pages may be shown twice, or not at all.
 * @param sorted as `selectAssets` returns it for the same criteria
 * @throws UnreadableRequestError (400) when the position is none of such a list
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
  if (category !== undefined && asset.category !== category) return false;
  const sought = search.toLowerCase();
  return [asset.asset_id, asset.symbol, asset.name].some((text) => text.toLowerCase().includes(sought));
}

/** Where an asset stands in a list: its sort key, null without one, and its id. */
interface Place<Key> {
  readonly key: Key | null;
  readonly id: string;
}

type Direction = 1 | -1;

interface AssetOrder {
  sort<A extends AssetResponse>(assets: readonly A[], direction: Direction): A[];
  positionOf(asset: AssetResponse): Position;
  /** @throws UnreadableRequestError (400) for a position that no list of this order has given */
  follows(position: Position, direction: Direction): (asset: AssetResponse) => boolean;
}

/** How keys of one kind compare, and how they are written into a cursor and read from it. */
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
  const placeOf = (asset: AssetResponse): Place<Key> => ({ key: keyOf(asset), id: asset.asset_id });
  const comparePlaces = (one: Place<Key>, other: Place<Key>, direction: Direction): number => {
    if (one.key !== null && other.key !== null) {
      const difference = direction * compare(one.key, other.key);
      if (difference !== 0) return difference;
    } else if (one.key !== other.key) {
      return one.key === null ? 1 : -1;
    }
    return compareTexts(one.id, other.id);
  };
  return {
    // Reads each key once, since reading a decimal costs more than comparing two.
    sort: (assets, direction) =>
      assets
        .map((asset) => ({ asset, place: placeOf(asset) }))
        .sort((one, other) => comparePlaces(one.place, other.place, direction))
        .map(({ asset }) => asset),
    positionOf(asset) {
      const { key, id } = placeOf(asset);
      return key === null ? { id } : { id, key: write(key) };
    },
    follows({ id, key }, direction) {
      if (id === undefined) throw unreadableCursor();
      const start = { id, key: key === undefined ? null : readKey(read, key) };
      return (asset) => comparePlaces(placeOf(asset), start, direction) > 0;
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

/** By code unit: the same on every machine, whatever its language. */
function compareTexts(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
