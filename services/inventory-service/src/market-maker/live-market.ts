import type { AssetId } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { Clock } from '@cnop/common/core/clock';
import { defineCounter } from '@cnop/common/core/figures';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { storedQuoteOf } from '@cnop/common/entities/inventory/quote';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import type { PublicTrade, WritableQuoteBoard } from '@cnop/common/market/market-data';
import type { LivePrice } from '../domain/asset-view.ts';
import type { DayStatistics } from '../domain/day-statistics.ts';
import { createDayWindow, DAY_STEP } from '../domain/day-statistics.ts';
import type { PriceFeed } from '../price-feed/price-feed.ts';
import { createCandleRecorder } from './candle-recorder.ts';
import { createQuoteMaker } from './quote-maker.ts';

const countJump = defineCounter({
  name: 'cnop_price_jumps_total',
  help: 'Prices of the feed that moved so far that trading waits for a second one.',
  labelNames: [],
});

function reportJump(logger: LiveMarketOptions['logger'], jump: object): void {
  countJump({});
  logger.warn(jump, 'a price jumped; trading is suspended until it is confirmed');
}

/** The market as the use cases of this service see it. */
export interface Market {
  livePrice(assetId: AssetId): LivePrice | undefined;
  /** Returns the candles that the store may not have yet, in the order of time. */
  recentCandles(assetId: AssetId, interval: CandleInterval): readonly Candle[];
  /** Publishes a quote at the stored price of an asset. Call it after the commit that set the price or made the asset. */
  priceSet(asset: Asset): void;
  /** Applies an edited asset, whose spread may have changed. Call it after the commit. */
  assetEdited(asset: Asset): void;
}

/** The stored candles of one asset from which recording continues. */
export interface StoredCandles {
  /** The latest candle of each interval. */
  readonly latest: readonly Candle[];
  /** The candles of the last 24 hours, for the statistics. */
  readonly day: readonly Candle[];
}

export interface LiveMarketOptions {
  readonly feed: PriceFeed;
  readonly board: WritableQuoteBoard;
  readonly maxJumpPercent: number;
  readonly clock: Clock;
  readonly logger: ServiceRuntime['logger'];
}

/** The market in memory: quotes, open candles and the statistics of the last 24 hours. Nothing in it waits for I/O. */
export interface LiveMarket {
  readonly market: Market;
  readonly quoteMaker: ReturnType<typeof createQuoteMaker>;
  readonly recorder: ReturnType<typeof createCandleRecorder>;
  /**
   * Begins to make prices, from the stored prices and open candles.
   * @param firstSeq the lowest `seq` of its quotes
   */
  open(assets: readonly Asset[], candles: readonly StoredCandles[], firstSeq: number): void;
  /** Applies assets as they are stored; prices that were set by another instance are published. */
  updateAssets(assets: readonly Asset[]): void;
  /** Makes quotes of the prices that the feed returns. They stay hidden until they are published. */
  makeQuotes(readFeed: PriceFeed['next']): void;
  /**
   * Publishes the quotes that were made: all of them, or those of some assets.
   * @returns whether candles were closed since the quotes were made
   */
  publishMade(assetIds?: ReadonlySet<AssetId>): boolean;
  recordTrade(trade: PublicTrade): void;
  /** Applies a history that was stored: its open candles are joined to the recorded ones. */
  addHistory(assetId: AssetId, candles: readonly Candle[]): void;
  dayStatistics(assetId: AssetId): DayStatistics | undefined;
  /** Stops making prices and drops all state, which other instances change from now on. */
  close(): Promise<void>;
}

/** Creates a live market that is not open yet. */
export function createLiveMarket(options: LiveMarketOptions): LiveMarket {
  const { feed, board, maxJumpPercent, clock, logger } = options;
  let isOpen = false;
  let closedCandles = 0;
  const day = createDayWindow();
  const recorder = createCandleRecorder({
    onClose(candles) {
      closedCandles += candles.length;
      day.add(candles);
    },
  });
  const quoteMaker = createQuoteMaker({
    source: feed.source,
    maxJumpPercent,
    onJump: (asset_id, from, to) => reportJump(logger, { asset_id, from, to }),
  });
  const publisher = createQuotePublisher({ feed, board, quoteMaker, recorder });

  const updateAssets: LiveMarket['updateAssets'] = (assets) => {
    publisher.publishSetPrices(assets.filter(quoteMaker.update));
    // A changed spread applies to the next order. The mid has not moved, so it is not recorded.
    board.publish(assets.flatMap(({ asset_id }) => quoteMaker.requote(board.latest(asset_id))));
  };
  const dayStatistics: LiveMarket['dayStatistics'] = (assetId) => {
    const present = recorder.openCandle(assetId, DAY_STEP);
    return present && day.statisticsOf(present, clock.now());
  };

  const market: Market = {
    livePrice: (assetId) => toLivePrice(board.latest(assetId), dayStatistics(assetId)),
    recentCandles: recorder.recent,
    priceSet: (asset) => (isOpen ? publisher.publishSetPrices([asset]) : publishStored(board, asset)),
    assetEdited: (asset) => (isOpen ? updateAssets([asset]) : undefined),
  };

  return {
    market,
    quoteMaker,
    recorder,
    updateAssets,
    dayStatistics,
    open(assets, candles, firstSeq) {
      quoteMaker.open(firstSeq);
      day.add(candles.flatMap((stored) => stored.day));
      for (const candle of candles.flatMap(({ latest }) => latest)) recorder.resume(candle, clock.now());
      for (const asset of assets) if (quoteMaker.update(asset)) feed.moveTo(asset);
      feed.start();
      isOpen = true;
    },
    makeQuotes(readFeed) {
      const now = clock.now();
      closedCandles = 0;
      recorder.closeDue(now);
      const prices = readFeed(quoteMaker.priced(), now);
      publisher.add(prices.flatMap((price) => quoteMaker.quote(price, isoTime(now)) ?? []));
    },
    publishMade(assetIds) {
      publisher.publishAdded(assetIds);
      return closedCandles > 0;
    },
    recordTrade: (trade) => (isOpen ? recorder.recordTrade(trade) : undefined),
    addHistory(assetId, candles) {
      day.add(candles);
      recorder.release(assetId, candles.filter(isOpenCandle));
    },
    async close() {
      isOpen = false;
      for (const part of [publisher, quoteMaker, recorder, day]) part.clear();
      await feed.stop();
    },
  };
}

function toLivePrice(quote: Quote | undefined, day: DayStatistics | undefined): LivePrice | undefined {
  return quote && { quote, day };
}

function isOpenCandle({ final }: Candle): boolean {
  return !final;
}

type QuotePublisherParts = Pick<LiveMarketOptions, 'feed' | 'board'> &
  Pick<LiveMarket, 'quoteMaker' | 'recorder'>;

/** Creates the publisher of quotes: it keeps them until they may be shown, and records the ones it publishes. */
function createQuotePublisher({ feed, board, quoteMaker, recorder }: QuotePublisherParts) {
  /** Unpublished quotes in the order of time. */
  let added: Quote[] = [];
  const take = (isTaken: (quote: Quote) => boolean): Quote[] => {
    const taken = added.filter(isTaken);
    added = added.filter((quote) => !isTaken(quote));
    return taken;
  };
  const publish = (quotes: readonly Quote[]): void => {
    // A suspended quote repeats the price before a jump, so it is not recorded.
    for (const quote of quotes) if (!quote.suspended) recorder.recordQuote(quote);
    board.publish(quotes);
  };
  return {
    add(quotes: readonly Quote[]): void {
      added.push(...quotes);
    },
    publishAdded(assetIds: ReadonlySet<AssetId> | undefined): void {
      publish(take(({ asset_id }) => assetIds === undefined || assetIds.has(asset_id)));
    },
    /** Publishes prices that were set manually, and drops unpublished quotes at older prices. */
    publishSetPrices(assets: readonly Asset[]): void {
      for (const asset of assets) feed.moveTo(asset);
      const ids = new Set(assets.map(({ asset_id }) => asset_id));
      take(({ asset_id }) => ids.has(asset_id));
      publish(assets.map(quoteMaker.quoteStoredPrice));
    },
    clear(): void {
      added = [];
    },
  };
}

/** Publishes a stored price at once on an instance that makes no prices, which otherwise reads it with its next tick. */
function publishStored(board: WritableQuoteBoard, asset: Asset): void {
  const quote = storedQuoteOf(asset);
  const seq = Math.max(quote.seq, (board.latest(asset.asset_id)?.seq ?? -1) + 1);
  board.publish([{ ...quote, seq }]);
}
