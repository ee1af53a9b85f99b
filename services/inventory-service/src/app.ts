import type { ServiceApp, ServiceRuntime } from '@cnop/common/http/service-app';
import { createServiceApp } from '@cnop/common/http/service-app';
import { exchangeRateRoutes } from './exchange-rates/routes.ts';
import { assetAdministrationRoutes } from './routes/asset-administration.ts';
import { marketDataRoutes } from './routes/market-data.ts';
import type { InventoryProcess } from './use-cases/dependencies.ts';
import { createInventoryDependencies } from './use-cases/dependencies.ts';

/** The process resources that the inventory service runs on. */
export interface InventoryRuntime extends ServiceRuntime, InventoryProcess {}

/** Builds the inventory service; it does not listen. */
export async function buildInventoryServiceApp(runtime: InventoryRuntime): Promise<ServiceApp> {
  const app = await createServiceApp(runtime, {
    service: 'inventory-service',
    title: 'Inventory service',
    description: 'The catalogue of assets, their prices and the history of those.',
  });
  const deps = createInventoryDependencies(runtime);
  marketDataRoutes(app, deps);
  exchangeRateRoutes(app, deps);
  assetAdministrationRoutes(app, deps);
  return app;
}
