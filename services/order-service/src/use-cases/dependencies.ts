import type { Clock } from '@cnop/common/core/clock';
import type { IdSource } from '@cnop/common/core/ids';
import type { AssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { CandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { OrderDao } from '@cnop/common/dao/order/order-dao';
import type { PricePeakDao } from '@cnop/common/dao/order/price-peak-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { QuoteBoard } from '@cnop/common/market/quote-board';
import type { TradeTape } from '@cnop/common/market/trade-tape';

/** What the use cases of this service work with; each names the part that it needs. */
export interface OrderDependencies {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly assets: AssetDao;
  readonly orders: OrderDao;
  readonly candles: CandleDao;
  readonly peaks: PricePeakDao;
  readonly quotes: QuoteBoard;
  /** Told of every trade after its commit. */
  readonly trades: TradeTape;
  /** A price that is older trades nothing. */
  readonly maxQuoteAgeSeconds: number;
}
