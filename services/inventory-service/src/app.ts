import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import { getAssetDao, provideDaos } from '@cnop/common/http/dao-dependencies';
import type { ServiceApp, ServiceRuntime } from '@cnop/common/http/service-app';
import { createServiceApp } from '@cnop/common/http/service-app';
import { createCachedCatalogue } from './catalogue/cached-catalogue.ts';
import { provideInventory } from './dependencies.ts';
import { assetAdministrationRoutes } from './routes/asset-administration.ts';
import { assetRoutes } from './routes/assets.ts';

/** Builds the inventory service; it does not listen. */
export async function buildInventoryServiceApp(runtime: ServiceRuntime): Promise<ServiceApp> {
  const { store, clock, ids } = runtime;
  const app = await createServiceApp(runtime, {
    service: 'inventory-service',
    title: 'Inventory service',
    description: 'The catalogue of assets and their prices.',
  });
  provideDaos(app, store);
  const assets = getAssetDao(app);
  provideInventory(app, {
    store,
    clock,
    ids,
    assets,
    audit: createAuditLogger({ store, clock, ids }),
    catalogue: createCachedCatalogue({ read: assets.getAssets, clock }),
  });
  assetRoutes(app);
  assetAdministrationRoutes(app);
  return app;
}
