import type { PriceSettings } from '@cnop/common/config/price-settings';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import type { WritableQuoteBoard } from '@cnop/common/market/quote-board';
import { openPriceFeed } from '../price-feed/open-price-feed.ts';
import { createRandomSource } from '../price-feed/simulated-feed.ts';
import { holderName } from './leadership.ts';
import type { MarketMaker } from './market-maker.ts';
import { createMarketMaker } from './market-maker.ts';

/** What a market maker needs from the process it runs in. */
export type MarketMakerRuntime = Pick<
  ServiceRuntime,
  'store' | 'clock' | 'ids' | 'logger' | 'trades' | 'isOwnProcess'
> & {
  readonly quotes: WritableQuoteBoard;
};

/** Settings, and whether this process may make up a history for a catalogue that is new. */
export type MarketMakerSettings = PriceSettings & { readonly withHistory?: boolean };

/**
 * The market maker that the settings ask for; it does nothing until it is started.
 * @throws Error when a file of prices cannot be read
 */
export async function openMarketMaker(
  runtime: MarketMakerRuntime,
  settings: MarketMakerSettings,
): Promise<MarketMaker> {
  const { store, clock, ids, trades, quotes: board } = runtime;
  const logger = runtime.logger.child({ component: 'prices' });
  const random = createRandomSource(settings.PRICE_SEED);
  return createMarketMaker({
    store,
    clock,
    logger,
    board,
    trades,
    feed: await openPriceFeed(settings, { logger, random }),
    maxJumpPercent: settings.PRICE_MAX_JUMP_PERCENT,
    tickMilliseconds: settings.PRICE_TICK_MILLISECONDS,
    persistSeconds: settings.PRICE_PERSIST_SECONDS,
    storesBeforeShowing: runtime.isOwnProcess,
    holder: holderName(ids),
    // Beside prices of the real world a made-up past would be a lie.
    historyRandom: settings.withHistory && settings.PRICE_FEED === 'simulated' ? random : undefined,
  });
}
