import { ASSETS_CHANNEL } from '@cnop/common/events/announcing-store';
import { provideDaos } from '@cnop/common/http/dao-dependencies';
import type { ServiceApp, ServiceRuntime } from '@cnop/common/http/service-app';
import { createServiceApp } from '@cnop/common/http/service-app';
import { provideOrdering } from './dependencies.ts';
import { explanationRoutes } from './routes/order-explanation.ts';
import { previewRoutes } from './routes/order-preview.ts';
import { cancelRoutes, orderListRoutes, orderRoutes } from './routes/orders.ts';
import { tradeRoutes } from './routes/trades.ts';
import { createTriggerEngine } from './trigger-engine/trigger-engine.ts';
import type { OrderDependencies } from './use-cases/dependencies.ts';
import { createOrderDependencies } from './use-cases/dependencies.ts';

export interface OrderServiceOptions extends ServiceRuntime {
  /** A price that is older trades nothing. */
  readonly maxQuoteAgeSeconds: number;
  /** How many open orders one user may have; instead of the default. */
  readonly maxOpenOrders?: number;
  /** Executes waiting orders from when the app is ready until it is closed. Not unless asked for. */
  readonly runsTriggerEngine?: boolean;
}

/** Builds the order service; it does not listen. */
export async function buildOrderServiceApp(options: OrderServiceOptions): Promise<ServiceApp> {
  const app = await createServiceApp(options, {
    service: 'order-service',
    title: 'Order service',
    description: 'Orders, their execution and the trades that follow from them.',
  });
  provideDaos(app, options.store);
  // Assets are changed by the inventory service: in this process, or in one whose messages may come late or never.
  const ordering = createOrderDependencies({ ...options, catalogueHearsOfChanges: !options.isOwnProcess });
  const unsubscribe = options.bus.subscribe(ASSETS_CHANNEL, ordering.catalogue.forget);
  app.addHook('onClose', async () => unsubscribe());
  provideOrdering(app, ordering);
  if (options.runsTriggerEngine) runTriggerEngine(app, ordering);
  orderRoutes(app);
  orderListRoutes(app);
  previewRoutes(app);
  explanationRoutes(app);
  cancelRoutes(app);
  tradeRoutes(app);
  return app;
}

function runTriggerEngine(app: ServiceApp, ordering: OrderDependencies): void {
  const engine = createTriggerEngine({ ...ordering, log: app.log });
  // Requests need neither the prices that were missed nor an upgrade of the store, and both may take a while.
  app.addHook('onReady', (done) => {
    engine.start();
    done();
  });
  app.addHook('onClose', () => engine.close());
}
