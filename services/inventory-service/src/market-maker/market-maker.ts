import type { Clock } from '@cnop/common/core/clock';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import { DiskFullError } from '@cnop/common/database/store-errors';
import type { TableStore } from '@cnop/common/database/table-store';
import { takesWrites } from '@cnop/common/database/table-store';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import type { WritableQuoteBoard } from '@cnop/common/market/quote-board';
import type { TradeFeed } from '@cnop/common/market/trade-feed';
import { createRepeater } from '@cnop/common/scheduling/repeater';
import { createHistoryFiller } from '../history/history-filler.ts';
import type { PriceFeed } from '../price-feed/price-feed.ts';
import type { RandomSource } from '../price-feed/simulated-feed.ts';
import { createDesk } from './desk.ts';
import { createDuty } from './duty.ts';
import type { Market } from './market.ts';
import { writeMarket, writePrices, writeRecordedCandles } from './write-market.ts';

/** However fast recorded prices follow each other, they are quoted in rounds that are at least this far apart. */
const MIN_ROUND_MILLISECONDS = 10;

export interface MarketMakerOptions {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly logger: ServiceRuntime['logger'];
  readonly board: WritableQuoteBoard;
  readonly trades: TradeFeed;
  readonly feed: PriceFeed;
  readonly maxJumpPercent: number;
  readonly tickMilliseconds: number;
  readonly persistSeconds: number;
  /** Of this process, as `holderName` makes it. */
  readonly holder: string;
  /**
   * Whether a quote is shown only once the store has it. So it is where orders are executed by other processes, which
   * look there: they never trade at an older price than one that was shown (ADR 0027).
   */
  readonly storesBeforeShowing: boolean;
  /** Present when assets whose prices were never recorded shall get a history, made from this. */
  readonly historyRandom?: RandomSource | undefined;
}

export interface MarketMaker {
  readonly market: Market;
  /** Begins to make prices, or to follow the process that does; the board is filled when this resolves. */
  start(): Promise<void>;
  /**
   * Makes and writes the histories that are missing, which takes seconds: not to be waited for at a start. What cannot
   * be written is tried again later.
   */
  fillHistory(): Promise<void>;
  /** One round: quotes for every asset, or those of the process that makes them. */
  tick(): Promise<void>;
  /** Writes prices and candles that the store does not have. */
  persist(): Promise<void>;
  /** Writes what is left and lets another process take over at once. */
  stop(): Promise<void>;
}

/**
 * Makes the prices of the house: asks the feed, publishes quotes, records candles, and stores both at a slower pace. Of
 * several processes over one store the one with the lease does; the others show what it stores.
 */
export function createMarketMaker(options: MarketMakerOptions): MarketMaker {
  const { store, logger, trades, feed, holder } = options;
  const desk = createDesk(options);
  const history = createHistoryFiller({ store, desk, logger, random: options.historyRandom });
  const duty = createDuty({ ...options, desk, history });
  let unsubscribe: (() => void) | undefined;

  const attempt = async (failure: string, act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      // The store has said so, once.
      if (!(error instanceof DiskFullError)) logger.warn({ err: error }, failure);
    }
  };

  const tick = async (): Promise<void> => {
    // The lease could not be renewed, nor a price stored: prices stand still until the store takes writes again.
    if (!takesWrites(store)) return;
    await attempt('the lease of the prices could not be renewed', duty.seekLease);
    await attempt('the catalogue could not be read', duty.readAssets);
    // A process that cannot renew goes on until its lease runs out, and not a moment longer.
    await rounds.make(feed.next);
  };

  const rounds = createRounds(options, async (ask) => {
    if (!takesWrites(store) || !duty.mayMake()) return false;
    await attempt('prices could not be made', async () => {
      desk.makeQuotes(ask);
      if (options.storesBeforeShowing) await storeAndShow();
      else if (desk.publishMade()) void persisting.run();
    });
    return true;
  });

  const storeAndShow = async (): Promise<void> => {
    let hasClosed = false;
    const isOurs = await writePrices(store, holder, desk, (assetIds) => {
      hasClosed = desk.publishMade(assetIds);
    });
    if (!isOurs) return duty.end();
    if (hasClosed) void persisting.run();
  };

  const persist = async (): Promise<void> => {
    if (!takesWrites(store) || !duty.mayMake()) return;
    // Where prices are stored before they are shown, each tick has done so.
    const write = options.storesBeforeShowing ? writeRecordedCandles : writeMarket;
    if (!(await write(store, holder, desk))) await duty.end();
  };

  const ticking = createRepeater({ everyMilliseconds: options.tickMilliseconds, act: tick });
  const persisting = createRepeater({
    everyMilliseconds: options.persistSeconds * MILLISECONDS_PER_SECOND,
    act: async () => attempt('prices could not be stored', persist),
  });
  return {
    market: desk.market,
    tick,
    persist: persisting.run,
    fillHistory: history.fill,

    async start() {
      unsubscribe = trades.subscribe(desk.recordTrade);
      await ticking.run();
      // The prices in the store may be as old as the last start: other processes wait for fresh ones.
      await persisting.run();
      ticking.start();
      persisting.start();
    },

    async stop() {
      unsubscribe?.();
      await history.stop();
      await ticking.stop();
      await rounds.stop();
      await persisting.stop();
      await persisting.run();
      await attempt('the lease of the prices could not be given back', duty.resign);
    },
  };
}

/**
 * Makes quotes in rounds, one after the other: one that stores its prices first may still run when the next is due.
 * @param quote makes the quotes of one round; false when this process makes none
 */
function createRounds(
  { feed, clock, tickMilliseconds }: Pick<MarketMakerOptions, 'feed' | 'clock' | 'tickMilliseconds'>,
  quote: (ask: PriceFeed['next']) => Promise<boolean>,
) {
  let next: NodeJS.Timeout | undefined;
  let making: Promise<void> = Promise.resolve();

  /** Quotes, and does so again when the feed has a price that is due before the next tick. */
  const makeOnce = async (ask: PriceFeed['next']): Promise<void> => {
    clearTimeout(next);
    if (!(await quote(ask))) return;
    const milliseconds = feed.betweenTicks?.dueInMilliseconds(clock.now()) ?? Infinity;
    if (milliseconds >= tickMilliseconds) return;
    const again = () => void make(feed.betweenTicks?.due ?? feed.next);
    next = setTimeout(again, Math.max(Math.ceil(milliseconds), MIN_ROUND_MILLISECONDS));
    next.unref();
  };
  const make = async (ask: PriceFeed['next']): Promise<void> => {
    making = making.then(async () => makeOnce(ask));
    return making;
  };

  return {
    make,
    async stop(): Promise<void> {
      await making;
      clearTimeout(next);
    },
  };
}
