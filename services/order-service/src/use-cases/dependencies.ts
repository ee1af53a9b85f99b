import type { AssetId, Usd, Username } from '@cnop/common/core/brands';
import type { Clock } from '@cnop/common/core/clock';
import { defineCounter } from '@cnop/common/core/figures';
import type { IdSource } from '@cnop/common/core/ids';
import type { AssetBalanceDao, AssetTransactionDao } from '@cnop/common/dao/asset/position-dao';
import { createAssetBalanceDao, createAssetTransactionDao } from '@cnop/common/dao/asset/position-dao';
import type { AssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { CandleDao } from '@cnop/common/dao/inventory/candle-dao';
import { createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { OrderDao } from '@cnop/common/dao/order/order-dao';
import { createOrderDao } from '@cnop/common/dao/order/order-dao';
import type { PricePeakDao } from '@cnop/common/dao/order/price-peak-dao';
import { createPricePeakDao } from '@cnop/common/dao/order/price-peak-dao';
import type { UserDao } from '@cnop/common/dao/user/user-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { DEFAULT_MAX_OPEN_ORDERS } from '@cnop/common/entities/order/order-document';
import type { TierLimits } from '@cnop/common/entities/user/tier-limits';
import type { CachedAssets, FollowedCatalogue } from '@cnop/common/market/followed-catalogue';
import { createCachedAssets, followCatalogue } from '@cnop/common/market/followed-catalogue';
import type { QuoteBoard, TradeFeed } from '@cnop/common/market/market-data';
import { newestQuote } from '@cnop/common/market/market-data';
import type { MessageBus } from '@cnop/common/messaging/message-bus';

/** Counts quotes at which no order was filled (`use: 'order'`), or by which none was triggered (`use: 'trigger'`). */
export const countRefusedQuote = defineCounter({
  name: 'cnop_quotes_refused_total',
  help: 'Quotes that were too old, from the future, suspended or missing when an order needed one.',
  labelNames: ['use', 'reason'],
});

/** The parts that a process provides to this service. */
export interface OrderProcess
  extends Pick<OrderDependencies, 'store' | 'clock' | 'ids' | 'quotes' | 'trades' | 'maxQuoteAgeSeconds'> {
  /** Announces changes of assets; without it the rounds of the trigger engine read all assets each time. */
  readonly bus?: Pick<MessageBus, 'subscribe' | 'link'>;
  /**
   * The catalogue is invalidated by every change of an asset, so that orders may be decided on it.
   * @see ADR 0023
   */
  readonly catalogueIsInvalidated?: boolean;
  /** Instead of `DEFAULT_MAX_OPEN_ORDERS`. */
  readonly maxOpenOrders?: number;
  /** The limits on orders by the tier of their user; none by default. */
  readonly tierLimits?: TierLimits;
}

/** The dependencies of the use cases; each names the ones that it needs. */
export interface OrderDependencies {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** The assets that orders are decided on: never older than the last change that was answered. */
  readonly assets: Pick<AssetDao, 'getAsset'>;
  /** The assets for frequent reads: at most a second old. */
  readonly catalogue: CachedAssets;
  /** All assets for the rounds of the trigger engine: it follows announced changes, and reads rarely otherwise. */
  readonly listed: FollowedCatalogue;
  /** Checks the asset of a filter against the store. */
  readonly knownAssets: Pick<AssetDao, 'assertKnown'>;
  readonly orders: OrderDao;
  readonly users: Pick<UserDao, 'getUserByUsername'>;
  readonly assetTransactions: AssetTransactionDao;
  readonly holdings: Pick<AssetBalanceDao, 'getAllAssetBalances'>;
  readonly candles: Pick<CandleDao, 'getCandles'>;
  readonly peaks: PricePeakDao;
  readonly quotes: QuoteBoard;
  /**
   * Returns the quote that an order is filled at: never older than one that a client has seen.
   * @see ADR 0027
   */
  readonly quoteFor: (assetId: AssetId, asset: Asset | undefined) => Quote | undefined;
  /** Receives every trade after its commit. */
  readonly trades: TradeFeed;
  /** Orders are not filled at older quotes. */
  readonly maxQuoteAgeSeconds: number;
  /** The most open orders that one user may have. */
  readonly maxOpenOrders: number;
  /** Reads the most that an order of a user may be worth, in USD; undefined when no tier has such a limit. */
  readonly maxOrderValueOf: ((username: Username) => Promise<Usd | undefined>) | undefined;
}

/** Creates the dependencies, with DAOs over the store of the process. */
export function createOrderDependencies(process: OrderProcess): OrderDependencies {
  const { store, clock, ids, quotes, trades, maxQuoteAgeSeconds } = process;
  const assets = createAssetDao(store);
  const users = createUserDao(store);
  const catalogue = createCachedAssets({ read: assets.getAssets, clock });
  return {
    store,
    clock,
    ids,
    assets: process.catalogueIsInvalidated ? catalogue : assets,
    catalogue,
    listed: followCatalogue({ read: assets.getCatalogue, bus: process.bus }),
    knownAssets: assets,
    orders: createOrderDao(store),
    users,
    assetTransactions: createAssetTransactionDao(store),
    holdings: createAssetBalanceDao(store),
    candles: createCandleDao(store),
    peaks: createPricePeakDao(store),
    quotes,
    quoteFor: process.catalogueIsInvalidated ? quotes.latest : newestQuote(quotes),
    trades,
    maxQuoteAgeSeconds,
    maxOpenOrders: process.maxOpenOrders ?? DEFAULT_MAX_OPEN_ORDERS,
    maxOrderValueOf: readOrderLimits(users, process.tierLimits),
  };
}

/** Returns nothing when no tier limits the value of orders, so that an order reads its user only for a limit. */
function readOrderLimits(
  users: OrderDependencies['users'],
  limits: TierLimits = {},
): OrderDependencies['maxOrderValueOf'] {
  if (Object.values(limits).every(({ order }) => order === undefined)) return undefined;
  return async (username) => limits[(await users.getUserByUsername(username))?.tier ?? 'standard']?.order;
}
