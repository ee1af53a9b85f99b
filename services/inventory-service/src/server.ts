import { priceSettings, refuseReplayOfNothing, refuseUnsafePrices } from '@cnop/common/config/price-settings';
import { refuseUnsafeInProduction } from '@cnop/common/config/production-rules';
import { processSettings } from '@cnop/common/config/settings';
import { maxQuoteAgeSecondsOf, quoteAgeSettings } from '@cnop/common/config/trading-settings';
import { openStore } from '@cnop/common/database/open-store';
import { runService, serviceWithPublicKeys } from '@cnop/common/process/run-service';
import { buildInventoryServiceApp } from './app.ts';
import { openMarketMaker } from './market-maker/market-maker.ts';

const DEFAULT_PORT = 8_001;

await runService({
  name: 'inventory-service',
  ...serviceWithPublicKeys({
    defaultPort: DEFAULT_PORT,
    own: priceSettings
      .extend({
        NODE_ENV: processSettings.shape.NODE_ENV,
        MAX_QUOTE_AGE_SECONDS: quoteAgeSettings.shape.MAX_QUOTE_AGE_SECONDS,
      })
      .superRefine(refuseReplayOfNothing)
      .superRefine(refuseUnsafePrices)
      .superRefine(refuseUnsafeInProduction),
    quotesFrom: 'service',
    build: async (runtime, settings) => {
      const maker = await openMarketMaker(runtime, settings);
      const app = await buildInventoryServiceApp({
        ...runtime,
        market: maker.market,
        manualPriceMaxPercent: settings.PRICE_MANUAL_MAX_PERCENT,
        maxQuoteAgeSeconds: maxQuoteAgeSecondsOf(settings, runtime),
      });
      app.addHook('onClose', () => maker.stop());
      await maker.start();
      return app;
    },
  }),
  openStore,
});
