import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import { createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import { getAssetDao, provideDaos } from '@cnop/common/http/dao-dependencies';
import type { ServiceApp, ServiceRuntime } from '@cnop/common/http/service-app';
import { createServiceApp } from '@cnop/common/http/service-app';
import { createCachedCatalogue } from './catalogue/cached-catalogue.ts';
import { createLiveCatalogue } from './catalogue/live-catalogue.ts';
import { provideInventory } from './dependencies.ts';
import type { Market } from './market-maker/market.ts';
import { assetAdministrationRoutes } from './routes/asset-administration.ts';
import { assetRoutes } from './routes/assets.ts';
import { candleRoutes } from './routes/candles.ts';
import { marketRoutes } from './routes/market.ts';

export interface InventoryRuntime extends ServiceRuntime {
  /** Made by a market maker, whose life is the composition root's concern. */
  readonly market: Market;
  /** How far one person may move the price of an asset by hand within an hour, in percent. */
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
  const stored = createCachedCatalogue({ read: assets.getAssets, clock });
  provideInventory(app, {
    store,
    clock,
    ids,
    assets,
    candles: createCandleDao(store),
    audit: createAuditLogger({ store, clock, ids }),
    catalogue: createLiveCatalogue({ stored, market, board }),
    market,
    manualPriceMaxPercent,
  });
  assetRoutes(app);
  assetAdministrationRoutes(app);
  candleRoutes(app);
  marketRoutes(app);
  return app;
}
