import type { AssetId, IsoTime, Price } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, formatPrice, roundDown, smallestStep } from '@cnop/common/core/money';
import type { TriggerRange } from '@cnop/common/dao/order/trigger-index-dao';
import type { AssetSums, DaySpan, HouseSums } from '@cnop/common/entities/house/house-book';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { LEDGER_ACCOUNTS } from '@cnop/common/entities/user/balance-rules';
import { NotFoundError } from '@cnop/exception/errors';
import {
  addAssetSums,
  addHouseSums,
  NO_ASSET_SUMS,
  NO_HOUSE_SUMS,
} from '../../house-book/domain/fold-entry.ts';
import type { UserDependencies } from '../../use-cases/dependencies.ts';

/** The trades of an asset. USD and units. */
export type AssetActivity = Pick<AssetSums, 'buys' | 'sales' | 'bought' | 'sold' | 'volume'>;

/** Open orders of an asset in a range of distances from the price. */
export interface OrdersAtDistance {
  /** In percent of the price; the first range begins at 0, the last has no end. */
  readonly from_percent: string;
  readonly to_percent: string | null;
  /** Orders that are triggered when the price falls to them, and when it rises to them. */
  readonly below: number;
  readonly above: number;
}

/** What users did with an asset. */
export interface AssetAnalytics extends DaySpan {
  /** Every trade until then is in it; null before the end of the first pass of the house book. */
  readonly complete_to: IsoTime | null;
  readonly total: AssetActivity;
  /** Days with a trade, oldest first. */
  readonly days: (AssetActivity & Pick<AssetSums, 'buyers' | 'sellers'> & { readonly day: string })[];
  /** Now, without trailing stops, which move with the price. */
  readonly open_orders: OrdersAtDistance[];
}

type AssetDeps = Pick<UserDependencies, 'houseBook' | 'assets' | 'quotes' | 'triggers'>;

/**
 * Reads what users did with an asset in a span of days, and where its open orders lie now.
 * @throws NotFoundError (404)
 */
export async function readAssetAnalytics(
  deps: AssetDeps,
  assetId: AssetId,
  span: DaySpan,
): Promise<AssetAnalytics> {
  const complete_to = await deps.houseBook.getCompleteTo();
  const asset = await deps.assets.getAsset(assetId);
  if (!asset) throw new NotFoundError('The asset');
  const days = await deps.houseBook.getAssetDays(assetId, span);
  return {
    complete_to,
    ...span,
    total: activityOf(days.reduce<AssetSums>(addAssetSums, NO_ASSET_SUMS)),
    days: days.map(({ period, buyers, sellers, ...sums }) => ({
      day: period,
      ...activityOf({ ...sums, buyers, sellers }),
      buyers,
      sellers,
    })),
    open_orders: await readDistances(deps, asset),
  };
}

function activityOf({ buys, sales, bought, sold, volume }: AssetSums): AssetActivity {
  return { buys, sales, bought, sold, volume };
}

/** The ends of the ranges, in percent. */
const DISTANCES = ['0', '1', '2', '5', '10', '25'] as const;
/** Open orders that one range counts at most. */
const MAX_COUNTED = 1_000;
const ONE_PERCENT = '0.01';

async function readDistances({ triggers, quotes }: AssetDeps, asset: Asset): Promise<OrdersAtDistance[]> {
  const mid = decimal(quotes.latest(asset.asset_id)?.mid ?? asset.current_price);
  const count = async (kind: TriggerRange['kind'], bounds: Bounds): Promise<number> => {
    const range = { assetId: asset.asset_id, kind, limit: MAX_COUNTED, ...bounds };
    return (await triggers.getOrders(range)).items.length;
  };
  return Promise.all(
    DISTANCES.map(async (from, position) => {
      const to = DISTANCES[position + 1];
      const { below, above } = boundsOf(asset, mid, { from, to });
      const [buys, stops, sales] = await Promise.all([
        count('ASK_LE', below),
        count('BID_LE', below),
        count('BID_GE', above),
      ]);
      return { from_percent: from, to_percent: to ?? null, below: buys + stops, above: sales };
    }),
  );
}

/** Trigger prices from the first to the second, inclusive. */
interface Bounds {
  readonly fromPrice?: Price;
  readonly toPrice?: Price;
}

/** Returns the prices below and above the mid in a range of distances. Ranges of one side have no price in common. */
function boundsOf(
  { price_scale }: Pick<Asset, 'price_scale'>,
  mid: Decimal,
  { from, to }: { readonly from: string; readonly to: string | undefined },
): { readonly below: Bounds; readonly above: Bounds } {
  const step = smallestStep(price_scale);
  const at = (percent: string): Decimal =>
    roundDown(mid.plus(mid.times(percent).times(ONE_PERCENT)), price_scale);
  const isFirst = from === DISTANCES[0];
  return {
    below: {
      ...(!isFirst && { toPrice: formatPrice(at(`-${from}`)) }),
      ...(to !== undefined && { fromPrice: formatPrice(at(`-${to}`).plus(step)) }),
    },
    above: {
      ...(!isFirst && { fromPrice: formatPrice(at(from).plus(step)) }),
      ...(to !== undefined && { toPrice: formatPrice(at(to)) }),
    },
  };
}

/** What all users did. USD. */
export interface PlatformActivity extends Pick<HouseSums, 'new_users' | 'trades' | 'volume'> {
  readonly fees: string;
}

/** What all users did, by day and by asset, for staff. */
export interface PlatformAnalytics extends DaySpan {
  readonly complete_to: IsoTime | null;
  readonly total: PlatformActivity;
  /** Since the beginning. */
  readonly all_days: PlatformActivity & Pick<HouseSums, 'active_users'>;
  /** Days with a movement, oldest first. */
  readonly days: (PlatformActivity & Pick<HouseSums, 'active_users'> & { readonly day: string })[];
  /** Since the beginning, by volume, the largest first. */
  readonly assets: (AssetActivity & Pick<AssetSums, 'buyers' | 'sellers'> & { readonly asset_id: AssetId })[];
}

/** Reads what all users did in a span of days. */
export async function readPlatformAnalytics(
  { houseBook, assets }: Pick<UserDependencies, 'houseBook' | 'assets'>,
  span: DaySpan,
): Promise<PlatformAnalytics> {
  const complete_to = await houseBook.getCompleteTo();
  const [days, total, catalogue] = await Promise.all([
    houseBook.getHouseDays(span),
    houseBook.getHouseTotal(),
    assets.getCatalogue(),
  ]);
  const totals = await houseBook.getAssetTotals(catalogue.map(({ asset_id }) => asset_id));
  const all = total ?? NO_HOUSE_SUMS;
  return {
    complete_to,
    ...span,
    total: platformActivityOf(days.reduce<HouseSums>(addHouseSums, NO_HOUSE_SUMS)),
    all_days: { ...platformActivityOf(all), active_users: all.active_users },
    days: days.map((sums) => ({
      day: sums.period,
      ...platformActivityOf(sums),
      active_users: sums.active_users,
    })),
    assets: totals
      .toSorted((one, other) => decimal(other.volume).cmp(one.volume))
      .map(({ asset_id, buyers, sellers, ...sums }) => ({
        asset_id,
        ...activityOf({ ...sums, buyers, sellers }),
        buyers,
        sellers,
      })),
  };
}

function platformActivityOf({ new_users, trades, volume, accounts }: HouseSums): PlatformActivity {
  return {
    new_users,
    trades,
    volume: formatDecimal(decimal(volume)),
    fees: accounts[LEDGER_ACCOUNTS.fee] ?? '0',
  };
}
