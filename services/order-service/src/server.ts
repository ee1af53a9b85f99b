import { dueWorkPaceOf, dueWorkSettings } from '@cnop/common/config/due-work-settings';
import { maxQuoteAgeSecondsOf, orderProcessSettings } from '@cnop/common/config/trading-settings';
import { openStore } from '@cnop/common/database/open-store';
import { runService, serviceWithPublicKeys } from '@cnop/common/process/run-service';
import { buildOrderServiceApp } from './app.ts';

const DEFAULT_PORT = 8_002;

await runService({
  name: 'order-service',
  ...serviceWithPublicKeys({
    defaultPort: DEFAULT_PORT,
    own: orderProcessSettings.extend(dueWorkSettings.shape),
    build: (runtime, settings) =>
      buildOrderServiceApp({
        ...runtime,
        maxQuoteAgeSeconds: maxQuoteAgeSecondsOf(settings, runtime),
        maxOpenOrders: settings.MAX_OPEN_ORDERS,
        tierLimits: settings.TIER_LIMITS,
        dueWork: dueWorkPaceOf(settings, runtime),
        runsTriggerEngine: settings.TRIGGER_ENGINE === 'on',
      }),
  }),
  openStore,
});
