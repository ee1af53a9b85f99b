import type { Clock } from '@cnop/common/core/clock';
import type { IdSource } from '@cnop/common/core/ids';
import type { AssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { CandleDao } from '@cnop/common/dao/inventory/candle-dao';
import { createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { OrderDao } from '@cnop/common/dao/order/order-dao';
import { createOrderDao } from '@cnop/common/dao/order/order-dao';
import type { PricePeakDao } from '@cnop/common/dao/order/price-peak-dao';
import { createPricePeakDao } from '@cnop/common/dao/order/price-peak-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { storedQuoteOf, storedSeqOf } from '@cnop/common/entities/inventory/quote';
import { DEFAULT_MAX_OPEN_ORDERS } from '@cnop/common/entities/order/order';
import type { QuoteBoard } from '@cnop/common/market/quote-board';
import type { TradeFeed } from '@cnop/common/market/trade-feed';
import type { CachedAssets } from '../cached-assets.ts';
import { createCachedAssets } from '../cached-assets.ts';

/** What a process gives to this service. */
export interface OrderSurroundings
  extends Pick<OrderDependencies, 'store' | 'clock' | 'ids' | 'quotes' | 'trades' | 'maxQuoteAgeSeconds'> {
  /** Whether somebody tells the catalogue of every change of an asset, so that orders may go by it (ADR 0023). */
  readonly catalogueHearsOfChanges?: boolean;
  /** Instead of `DEFAULT_MAX_OPEN_ORDERS`. */
  readonly maxOpenOrders?: number;
}

/** What the use cases of this service work with; each names the part that it needs. */
export interface OrderDependencies {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** What an order is decided on: never older than the last change that was answered. */
  readonly assets: Pick<AssetDao, 'getAsset'>;
  /** The same for whoever asks often and may be a second late. */
  readonly catalogue: CachedAssets;
  readonly orders: OrderDao;
  readonly candles: CandleDao;
  readonly peaks: PricePeakDao;
  readonly quotes: QuoteBoard;
  /** Returns the quote that an order is executed at: never an older one than any that a client has seen (ADR 0027). */
  readonly quoteFor: (assetId: string, asset: Asset | undefined) => Quote | undefined;
  /** Told of every trade after its commit. */
  readonly trades: TradeFeed;
  /** A price that is older trades nothing. */
  readonly maxQuoteAgeSeconds: number;
  /** How many open orders one user may have. */
  readonly maxOpenOrders: number;
}

/** Adds the DAOs over the store that a process gives. */
export function createOrderDependencies(surroundings: OrderSurroundings): OrderDependencies {
  const { store, clock, ids, quotes, trades, maxQuoteAgeSeconds } = surroundings;
  const assets = createAssetDao(store);
  const catalogue = createCachedAssets({ read: assets.getAssets, clock });
  return {
    store,
    clock,
    ids,
    assets: surroundings.catalogueHearsOfChanges ? catalogue : assets,
    catalogue,
    orders: createOrderDao(store),
    candles: createCandleDao(store),
    peaks: createPricePeakDao(store),
    quotes,
    quoteFor: surroundings.catalogueHearsOfChanges ? quotes.latest : newestQuote(quotes),
    trades,
    maxQuoteAgeSeconds,
    maxOpenOrders: surroundings.maxOpenOrders ?? DEFAULT_MAX_OPEN_ORDERS,
  };
}

/**
 * Makes the quote of a process that makes no prices: the newer one of the board's and the stored one. The asset of an
 * order was just read, so its spread is the one of now, and no process shows a price before it is stored.
 */
function newestQuote(board: QuoteBoard): OrderDependencies['quoteFor'] {
  return (assetId, asset) => {
    const quote = board.latest(assetId);
    if (!asset || (quote && quote.seq > storedSeqOf(asset))) return quote;
    return storedQuoteOf(asset);
  };
}
