import type { Clock } from '@cnop/common/core/clock';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { storedQuoteOf } from '@cnop/common/entities/inventory/quote';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import type { WritableQuoteBoard } from '@cnop/common/market/quote-board';
import type { PublicTrade } from '@cnop/common/market/trade-feed';
import type { LivePrice } from '../domain/asset-view.ts';
import type { DayStatistics } from '../domain/day-statistics.ts';
import { createDayWindow, DAY_STEP } from '../domain/day-statistics.ts';
import type { PriceFeed } from '../price-feed/price-feed.ts';
import { createCandleRecorder } from './candle-recorder.ts';
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
  /**
   * Begins to make prices, from those that are stored and with the candles that are open.
   * @param firstSeq where the `seq` of its quotes begins
   */
  open(assets: readonly Asset[], candles: readonly StoredCandles[], firstSeq: number): void;
  /** Takes in assets as they are stored; prices that were set elsewhere are published. */
  learn(assets: readonly Asset[]): void;
  /** Asks for news and makes quotes of them, which nothing shows before they are published. */
  makeQuotes(ask: PriceFeed['next']): void;
  /**
   * Publishes the quotes that were made: all of them, or those of some assets.
   * @returns whether candles were closed since the quotes were made
   */
  publishMade(assetIds?: ReadonlySet<string>): boolean;
  recordTrade(trade: PublicTrade): void;
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

  const quotes = createQuoteFlow({ feed, board, book, recorder });
  const learn: Desk['learn'] = (assets) => {
    quotes.showSet(assets.filter(book.learn));
    // The next order trades at a spread that was edited. The mid is no news, so it is not recorded.
    board.publish(assets.flatMap(({ asset_id }) => book.requote(board.latest(asset_id))));
  };
  const dayOf: Desk['dayOf'] = (assetId) => {
    const present = recorder.openCandle(assetId, DAY_STEP);
    return present && day.statisticsOf(present, clock.now());
  };

  const market: Market = {
    livePrice: (assetId) => livePriceOf(board.latest(assetId), dayOf(assetId)),
    recentCandles: recorder.recent,
    priceSet: (asset) => (isOpen ? quotes.showSet([asset]) : publishStored(board, asset)),
    assetEdited: (asset) => (isOpen ? learn([asset]) : undefined),
  };

  return {
    market,
    book,
    recorder,
    learn,
    dayOf,
    open(assets, candles, firstSeq) {
      book.open(firstSeq);
      day.add(candles.flatMap((stored) => stored.day));
      for (const candle of candles.flatMap(({ latest }) => latest)) recorder.resume(candle, clock.now());
      for (const asset of assets) if (book.learn(asset)) feed.moveTo(asset);
      feed.start();
      isOpen = true;
    },
    makeQuotes(ask) {
      const now = clock.now();
      closedCandles = 0;
      recorder.closeDue(now);
      const prices = ask(book.priced(), now);
      quotes.add(prices.flatMap((price) => book.quoteOf(price, now.toISOString()) ?? []));
    },
    publishMade(assetIds) {
      quotes.showAdded(assetIds);
      return closedCandles > 0;
    },
    recordTrade: (trade) => (isOpen ? recorder.recordTrade(trade) : undefined),
    addPast(assetId, candles) {
      day.add(candles);
      recorder.release(assetId, candles.filter(isOpenCandle));
    },
    async close() {
      isOpen = false;
      for (const part of [quotes, book, recorder, day]) part.clear();
      await feed.stop();
    },
  };
}

interface QuoteFlowParts extends Pick<DeskOptions, 'feed' | 'board'>, Pick<Desk, 'book' | 'recorder'> {}

/** Keeps quotes until they may be shown, and records those that are. */
function createQuoteFlow({ feed, board, book, recorder }: QuoteFlowParts) {
  /** Quotes that nothing shows yet, in the order of time. */
  let added: Quote[] = [];
  const take = (isTaken: (quote: Quote) => boolean): Quote[] => {
    const taken = added.filter(isTaken);
    added = added.filter((quote) => !isTaken(quote));
    return taken;
  };
  const show = (quotes: readonly Quote[]): void => {
    // A suspended quote repeats the price before a jump: it is no price of the market.
    for (const quote of quotes) if (!quote.suspended) recorder.recordQuote(quote);
    board.publish(quotes);
  };
  return {
    add(quotes: readonly Quote[]): void {
      added.push(...quotes);
    },
    showAdded(assetIds: ReadonlySet<string> | undefined): void {
      show(take(({ asset_id }) => assetIds === undefined || assetIds.has(asset_id)));
    },
    /** Shows prices that were set by hand. What was made of the prices before is older, and dropped. */
    showSet(assets: readonly Asset[]): void {
      for (const asset of assets) feed.moveTo(asset);
      const ids = new Set(assets.map(({ asset_id }) => asset_id));
      take(({ asset_id }) => ids.has(asset_id));
      show(assets.map(book.quoteOfSetPrice));
    },
    clear(): void {
      added = [];
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
