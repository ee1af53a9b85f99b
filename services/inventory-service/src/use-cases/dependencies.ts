import type { AuditLogger } from '@cnop/common/auth/audit-logger';
import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { Username } from '@cnop/common/core/brands';
import type { Clock } from '@cnop/common/core/clock';
import type { IdSource } from '@cnop/common/core/ids';
import type { AssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { CandleDao } from '@cnop/common/dao/inventory/candle-dao';
import { createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { UserRole } from '@cnop/common/entities/user/user';
import type { QuoteBoard } from '@cnop/common/market/market-data';
import type { LiveCatalogue } from '../catalogue/live-catalogue.ts';
import { createLiveCatalogue } from '../catalogue/live-catalogue.ts';
import type { QuotedCurrencies } from '../exchange-rates/quoted-currencies.ts';
import { createQuotedCurrencies } from '../exchange-rates/quoted-currencies.ts';
import type { Market } from '../market-maker/live-market.ts';

/** The parts that a process provides to this service. */
export interface InventoryProcess
  extends Pick<
    InventoryDependencies,
    'store' | 'clock' | 'ids' | 'market' | 'manualPriceMaxPercent' | 'maxQuoteAgeSeconds'
  > {
  readonly quotes: QuoteBoard;
}

/** The dependencies of the use cases; each names the ones that it needs. */
export interface InventoryDependencies {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly assets: AssetDao;
  readonly audit: AuditLogger;
  readonly candles: CandleDao;
  readonly catalogue: LiveCatalogue;
  /** The market of a market maker that the composition root starts and stops. */
  readonly market: Market;
  /** Largest total move of an asset's price by one person within an hour, in percent. */
  readonly manualPriceMaxPercent: number;
  /** The currencies of the catalogue, with their latest quotes. */
  readonly currencies: QuotedCurrencies;
  /** Conversions and orders are not executed at older quotes. */
  readonly maxQuoteAgeSeconds: number;
}

/** Creates the dependencies, with DAOs over the store of the process. */
export function createInventoryDependencies(process: InventoryProcess): InventoryDependencies {
  const { store, clock, ids, market, manualPriceMaxPercent, maxQuoteAgeSeconds, quotes: board } = process;
  const assets = createAssetDao(store);
  return {
    store,
    clock,
    ids,
    assets,
    audit: createAuditLogger({ store, clock, ids }),
    candles: createCandleDao(store),
    catalogue: createLiveCatalogue({ read: assets.getAssets, clock, market, board }),
    market,
    manualPriceMaxPercent,
    currencies: createQuotedCurrencies({ assets, quotes: board, clock }),
    maxQuoteAgeSeconds,
  };
}

/** The user who makes a change, as the audit log records it. */
export interface Caller {
  readonly username: Username;
  readonly role: UserRole;
  readonly origin: RequestOrigin;
}
