import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import { createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import { getAssetDao, provideDaos } from '@cnop/common/http/dao-dependencies';
import type { ServiceApp, ServiceRuntime } from '@cnop/common/http/service-app';
import { createServiceApp } from '@cnop/common/http/service-app';
import { createLiveCatalogue } from './catalogue/live-catalogue.ts';
import type { Market } from './market-maker/live-market.ts';
import { assetAdministrationRoutes } from './routes/asset-administration.ts';
import { provideInventory } from './routes/inventory-requests.ts';
import { marketDataRoutes } from './routes/market-data.ts';

/** The process resources that the inventory service runs on. */
export interface InventoryRuntime extends ServiceRuntime {
  /** The market of a market maker that the composition root starts and stops. */
  readonly market: Market;
  /** Largest total move of an asset's price by one person within an hour, in percent. */
  readonly manualPriceMaxPercent: number;
}

/** Builds the inventory service; it does not listen. */
export async function buildInventoryServiceApp(runtime: InventoryRuntime): Promise<ServiceApp> {
  const { store, clock, ids, market, manualPriceMaxPercent, quotes: board } = runtime;
  const app = await createServiceApp(runtime, {
    service: 'inventory-service',
    title: 'Inventory service',
    description: 'The catalogue of assets, their prices and the history of those.',
  });
  provideDaos(app, store);
  const assets = getAssetDao(app);
  provideInventory(app, {
    store,
    clock,
    ids,
    assets,
    candles: createCandleDao(store),
    audit: createAuditLogger({ store, clock, ids }),
    catalogue: createLiveCatalogue({ read: assets.getAssets, clock, market, board }),
    market,
    manualPriceMaxPercent,
  });
  marketDataRoutes(app);
  assetAdministrationRoutes(app);
  return app;
}
