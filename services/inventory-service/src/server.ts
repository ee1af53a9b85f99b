import { priceSettings, refuseReplayOfNothing } from '@cnop/common/config/price-settings';
import { openStore } from '@cnop/common/database/open-store';
import { runService, serviceWithPublicKeys } from '@cnop/common/http/run-service';
import { buildInventoryServiceApp } from './app.ts';
import { openMarketMaker } from './market-maker/open-market-maker.ts';

const DEFAULT_PORT = 8_001;

await runService({
  ...serviceWithPublicKeys({
    defaultPort: DEFAULT_PORT,
    own: priceSettings.superRefine(refuseReplayOfNothing),
    quotesFrom: 'service',
    build: async (runtime, settings) => {
      const maker = await openMarketMaker(runtime, settings);
      const app = await buildInventoryServiceApp({ ...runtime, market: maker.market });
      app.addHook('onClose', () => maker.stop());
      await maker.start();
      return app;
    },
  }),
  openStore,
});
