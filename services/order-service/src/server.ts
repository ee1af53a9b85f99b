import { tradingSettings } from '@cnop/common/config/trading-settings';
import { openStore } from '@cnop/common/database/open-store';
import { runService, serviceWithPublicKeys } from '@cnop/common/http/run-service';
import { buildOrderServiceApp } from './app.ts';

const DEFAULT_PORT = 8_002;

await runService({
  ...serviceWithPublicKeys({
    defaultPort: DEFAULT_PORT,
    own: tradingSettings,
    build: (runtime, { MAX_QUOTE_AGE_SECONDS, MAX_OPEN_ORDERS, TRIGGER_ENGINE }) =>
      buildOrderServiceApp({
        ...runtime,
        maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS,
        maxOpenOrders: MAX_OPEN_ORDERS,
        runsTriggerEngine: TRIGGER_ENGINE === 'on',
      }),
  }),
  openStore,
});
