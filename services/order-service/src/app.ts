import { provideDaos } from '@cnop/common/http/dao-dependencies';
import type { ServiceApp, ServiceRuntime } from '@cnop/common/http/service-app';
import { createServiceApp } from '@cnop/common/http/service-app';
import { provideClock, provideIds, provideStore } from './dependencies.ts';
import { assetTransactionRoutes } from './routes/asset-transactions.ts';
import { cancelRoutes, orderRoutes } from './routes/orders.ts';

/** Builds the order service; it does not listen. */
export async function buildOrderServiceApp(runtime: ServiceRuntime): Promise<ServiceApp> {
  const app = await createServiceApp(runtime, {
    service: 'order-service',
    title: 'Order service',
    description: 'Orders, their execution and the trades that follow from them.',
  });
  provideDaos(app, runtime.store);
  provideStore(app, runtime.store);
  provideClock(app, runtime.clock);
  provideIds(app, runtime.ids);
  orderRoutes(app);
  cancelRoutes(app);
  assetTransactionRoutes(app);
  return app;
}
