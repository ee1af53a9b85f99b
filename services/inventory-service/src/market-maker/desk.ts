import type { Clock } from '@cnop/common/core/clock';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import type { WritableQuoteBoard } from '@cnop/common/market/quote-board';
import { storedQuoteOf } from '@cnop/common/market/stored-prices';
import type { PrintedTrade } from '@cnop/common/market/trade-tape';
import type { LivePrice } from '../domain/asset-view.ts';
import type { DayStatistics } from '../domain/day-statistics.ts';
import { DAY_STEP } from '../domain/day-statistics.ts';
import type { PriceFeed } from '../price-feed/price-feed.ts';
import { createCandleRecorder } from './candle-recorder.ts';
import { createDayWindow } from './day-window.ts';
import type { StoredCandles } from './load-candles.ts';
import type { Market } from './market.ts';
import { createPriceBook } from './price-book.ts';

export interface DeskOptions {
  readonly feed: PriceFeed;
  readonly board: WritableQuoteBoard;
  readonly maxJumpPercent: number;
  readonly clock: Clock;
  readonly logger: ServiceRuntime['logger'];
}

/** Where quotes are made and recorded: all of it in memory and none of it waiting for anything. */
export interface Desk {
  readonly market: Market;
  readonly book: ReturnType<typeof createPriceBook>;
  readonly recorder: ReturnType<typeof createCandleRecorder>;
  /** Begins to make prices, from those that are stored and with the candles that are open. */
  open(assets: readonly Asset[], candles: readonly StoredCandles[]): void;
  /** Takes in assets as they are stored; prices that were set elsewhere are published. */
  learn(assets: readonly Asset[]): void;
  /** Asks for news and publishes the quotes that they make. True when candles were closed. */
  quote(ask: PriceFeed['next']): boolean;
  recordTrade(trade: PrintedTrade): void;
  /** Takes in a history that is written: what came before the open candles belongs to them. */
  addPast(assetId: string, candles: readonly Candle[]): void;
  dayOf(assetId: string): DayStatistics | undefined;
  /** Stops making prices and forgets what it knew, since others change it from now on. */
  close(): Promise<void>;
}

export function createDesk({ feed, board, maxJumpPercent, clock, logger }: DeskOptions): Desk {
  let isOpen = false;
  let closedCandles = 0;
  const day = createDayWindow();
  const recorder = createCandleRecorder({
    onClose(candles) {
      closedCandles += candles.length;
      day.add(candles);
    },
  });
  const book = createPriceBook({
    source: feed.source,
    maxJumpPercent,
    onJump: (asset_id, from, to) =>
      logger.warn({ asset_id, from, to }, 'a price jumped; waiting for another'),
  });

  const publish = (quotes: readonly Quote[]): void => {
    for (const quote of quotes) recorder.recordQuote(quote);
    board.publish(quotes);
  };
  const publishSet = (assets: readonly Asset[]): void => {
    for (const asset of assets) feed.moveTo(asset);
    publish(assets.map(book.quoteOfSetPrice));
  };
  const learn: Desk['learn'] = (assets) => publishSet(assets.filter(book.learn));
  const dayOf: Desk['dayOf'] = (assetId) => {
    const present = recorder.openCandle(assetId, DAY_STEP);
    return present && day.statisticsOf(present, clock.now());
  };

  const market: Market = {
    livePrice: (assetId) => livePriceOf(board.latest(assetId), dayOf(assetId)),
    recentCandles: recorder.recent,
    priceSet: (asset) => (isOpen ? publishSet([asset]) : publishStored(board, asset)),
    assetEdited: (asset) => (isOpen ? learn([asset]) : undefined),
  };

  return {
    market,
    book,
    recorder,
    learn,
    dayOf,
    open(assets, candles) {
      day.add(candles.flatMap((stored) => stored.day));
      for (const candle of candles.flatMap(({ latest }) => latest)) recorder.resume(candle, clock.now());
      for (const asset of assets) if (book.learn(asset)) feed.moveTo(asset);
      feed.start();
      isOpen = true;
    },
    quote(ask) {
      const now = clock.now();
      closedCandles = 0;
      recorder.closeDue(now);
      const prices = ask(book.priced(), now);
      publish(prices.flatMap((price) => book.quoteOf(price, now.toISOString()) ?? []));
      return closedCandles > 0;
    },
    recordTrade: (trade) => (isOpen ? recorder.recordTrade(trade) : undefined),
    addPast(assetId, candles) {
      day.add(candles);
      recorder.release(assetId, candles.filter(isOpenCandle));
    },
    async close() {
      isOpen = false;
      book.clear();
      recorder.clear();
      day.clear();
      await feed.stop();
    },
  };
}

function isOpenCandle({ final }: Candle): boolean {
  return !final;
}

function livePriceOf(quote: Quote | undefined, day: DayStatistics | undefined): LivePrice | undefined {
  return quote && { quote, day };
}

/** Shows a price that was set where no prices are made, without waiting until it is read from the store. */
function publishStored(board: WritableQuoteBoard, asset: Asset): void {
  const quote = storedQuoteOf(asset);
  const seq = Math.max(quote.seq, (board.latest(asset.asset_id)?.seq ?? -1) + 1);
  board.publish([{ ...quote, seq }]);
}
