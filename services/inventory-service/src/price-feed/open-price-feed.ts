import type { PriceSettings } from '@cnop/common/config/price-settings';
import { MIN_EXCHANGE_POLL_MILLISECONDS } from '@cnop/common/config/price-settings';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import { createExchangeFeed } from './exchange/exchange-feed.ts';
import { createManualFeed } from './manual-feed.ts';
import type { PriceFeed } from './price-feed.ts';
import { createReplayFeed } from './replay-feed.ts';
import type { RandomSource } from './simulated-feed.ts';
import { createSimulatedFeed } from './simulated-feed.ts';

const PREDICTABLE =
  'PRICE_SEED is set: prices are predictable to everyone who knows it. Use it for tests and demonstrations only';

/**
 * Opens the feed that the settings select.
 * @throws ConfigError when a price file cannot be read
 */
export async function openPriceFeed(
  settings: PriceSettings,
  { logger, random }: { readonly logger: ServiceRuntime['logger']; readonly random: RandomSource },
): Promise<PriceFeed> {
  switch (settings.PRICE_FEED) {
    case 'simulated': {
      const tickSeconds = settings.PRICE_TICK_MILLISECONDS / MILLISECONDS_PER_SECOND;
      if (settings.PRICE_SEED !== undefined) logger.warn(PREDICTABLE);
      return createSimulatedFeed({ random, tickSeconds });
    }
    case 'replay': {
      const { readTracks } = await import('./price-file.ts');
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
