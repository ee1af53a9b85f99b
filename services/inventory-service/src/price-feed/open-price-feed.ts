import type { PriceSettings } from '@cnop/common/config/price-settings';
import { MIN_EXCHANGE_POLL_MILLISECONDS } from '@cnop/common/config/price-settings';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import { createExchangeFeed } from './exchange/exchange-feed.ts';
import { createManualFeed } from './manual-feed.ts';
import type { PriceChance } from './price-chance.ts';
import type { PriceFeed } from './price-feed.ts';
import { readTracks } from './replay/price-file.ts';
import { createReplayFeed } from './replay/replay-feed.ts';
import { createSimulatedFeed } from './simulated-feed.ts';

const PREDICTABLE =
  'PRICE_SEED is set: whoever knows it knows every next price. Use it for tests and demonstrations only';

/**
 * The feed that the settings choose.
 * @throws ConfigError when it needs a file that cannot be read
 */
export async function openPriceFeed(
  settings: PriceSettings,
  { logger, chance }: { readonly logger: ServiceRuntime['logger']; readonly chance: PriceChance },
): Promise<PriceFeed> {
  switch (settings.PRICE_FEED) {
    case 'simulated': {
      const tickSeconds = settings.PRICE_TICK_MILLISECONDS / MILLISECONDS_PER_SECOND;
      if (settings.PRICE_SEED !== undefined) logger.warn(PREDICTABLE);
      return createSimulatedFeed({ chance, tickSeconds });
    }
    case 'replay': {
      const tracks = await readTracks(settings.PRICE_REPLAY_FILES);
      return createReplayFeed({ tracks, speed: settings.PRICE_REPLAY_SPEED });
    }
    case 'exchange':
      return createExchangeFeed({
        exchange: settings.PRICE_EXCHANGE,
        url: settings.PRICE_EXCHANGE_URL,
        pollMilliseconds: Math.max(settings.PRICE_TICK_MILLISECONDS, MIN_EXCHANGE_POLL_MILLISECONDS),
        logger,
      });
    case 'manual':
      return createManualFeed();
  }
}
