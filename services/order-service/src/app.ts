import type { DueWorkPace } from '@cnop/common/config/due-work-settings';
import { isFinal } from '@cnop/common/entities/order/order';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { TierLimits } from '@cnop/common/entities/user/tier-limits';
import { ASSETS_CHANNEL, OPEN_ORDERS_CHANNEL } from '@cnop/common/events/announcing-store';
import { createSeenReads } from '@cnop/common/events/seen-reads';
import type { ServiceApp, ServiceRuntime } from '@cnop/common/http/service-app';
import { createServiceApp } from '@cnop/common/http/service-app';
import { runDueWork } from '@cnop/common/scheduling/due-work';
import { recurringBuyRoutes } from './recurring-buys/routes.ts';
import { recurringBuyDependencies } from './recurring-buys/use-cases/manage-recurring-buys.ts';
import { runRecurringBuy } from './recurring-buys/use-cases/run-recurring-buy.ts';
import { refundRoutes } from './refunds/routes.ts';
import { refundDependencies } from './refunds/use-cases/propose-refund.ts';
import { orderListRoutes } from './routes/order-lists.ts';
import { cancelRoutes, orderReadingRoutes, placingRoutes } from './routes/orders.ts';
import { tradeRoutes } from './routes/trades.ts';
import { createTriggerEngine } from './trigger-engine/trigger-engine.ts';
import type { OrderDependencies } from './use-cases/dependencies.ts';
import { createOrderDependencies } from './use-cases/dependencies.ts';

export interface OrderServiceOptions extends ServiceRuntime {
  /** Orders are not filled at older quotes. */
  readonly maxQuoteAgeSeconds: number;
  /** The most open orders that one user may have; instead of the default. */
  readonly maxOpenOrders?: number;
  /** The limits on orders by the tier of their user; none by default. */
  readonly tierLimits?: TierLimits;
  /** Runs the trigger engine while the app is open; off by default. */
  readonly runsTriggerEngine?: boolean;
  /** Looks for recurring buys that are due at this pace while the app is open; without it the app does not. */
  readonly dueWork?: Pick<DueWorkPace, 'everyMilliseconds'>;
}

/** Builds the order service; it does not listen. */
export async function buildOrderServiceApp(options: OrderServiceOptions): Promise<ServiceApp> {
  const app = await createServiceApp(options, {
    service: 'order-service',
    title: 'Order service',
    description: 'Orders, their execution and the resulting trades.',
  });
  // The inventory service changes assets: in this process, or in another one, whose messages may come late or never.
  const deps = createOrderDependencies({ ...options, catalogueIsInvalidated: !options.sharesStore });
  const unsubscribe = options.bus.subscribe(ASSETS_CHANNEL, deps.catalogue.invalidate);
  app.addHook('onClose', async () => unsubscribe());
  if (options.runsTriggerEngine) runTriggerEngine(app, deps, options.bus);
  placingRoutes(app, deps);
  const seenOrders = createSeenReads<OrderDocument>({
    bus: options.bus,
    // A filled order may still be refunded.
    isFinal: ({ status, refund }) => isFinal(status) && (status !== 'completed' || refund !== undefined),
  });
  app.addHook('onClose', async () => seenOrders.close());
  orderReadingRoutes(app, { ...deps, seenOrders });
  cancelRoutes(app, deps);
  orderListRoutes(app, deps);
  tradeRoutes(app, deps);
  refundRoutes(app, refundDependencies(deps));
  const recurring = recurringBuyDependencies(deps);
  recurringBuyRoutes(app, recurring);
  if (options.dueWork) {
    runDueWork(app, {
      ...deps,
      ...options.dueWork,
      handlers: { recurring_buy: async (work) => runRecurringBuy(recurring, work) },
    });
  }
  return app;
}

function runTriggerEngine(app: ServiceApp, deps: OrderDependencies, bus: ServiceRuntime['bus']): void {
  const engine = createTriggerEngine({ ...deps, log: app.log });
  const unsubscribe = bus.subscribe(OPEN_ORDERS_CHANNEL, engine.wake);
  // Not awaited: reading missed prices or upgrading the store may take a while, and requests need neither.
  app.addHook('onReady', (done) => {
    engine.start();
    done();
  });
  app.addHook('onClose', async () => {
    unsubscribe();
    await engine.close();
  });
}
