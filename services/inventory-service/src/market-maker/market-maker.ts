import type { PriceSettings } from '@cnop/common/config/price-settings';
import type { Clock, MonotonicClock } from '@cnop/common/core/clock';
import { MILLISECONDS_PER_SECOND, systemMonotonicClock } from '@cnop/common/core/clock';
import type { TableStore } from '@cnop/common/database/table-store';
import { takesWrites } from '@cnop/common/database/table-store';
import type { ServiceRuntime } from '@cnop/common/http/service-app';
import type { TradeFeed, WritableQuoteBoard } from '@cnop/common/market/market-data';
import type { MessageBus } from '@cnop/common/messaging/message-bus';
import { PROCESS_IDENTITY, processLocation } from '@cnop/common/process/process-identity';
import { warnOfFailure } from '@cnop/common/process/report-store';
import type { Repeater } from '@cnop/common/scheduling/repeater';
import { createRepeater } from '@cnop/common/scheduling/repeater';
import type { Tracing } from '@cnop/common/tracing/tracing';
import { traceJob } from '@cnop/common/tracing/tracing';
import { openPriceFeed } from '../price-feed/open-price-feed.ts';
import type { PriceFeed } from '../price-feed/price-feed.ts';
import type { RandomSource } from '../price-feed/simulated-feed.ts';
import { createRandomSource } from '../price-feed/simulated-feed.ts';
import { createLeadership } from './leadership.ts';
import type { Market } from './live-market.ts';
import { createLiveMarket } from './live-market.ts';
import { createHistoryFiller } from './price-history.ts';
import { writeMarket, writePrices, writeRecordedCandles } from './store-market.ts';

/** The shortest time between two ticks, however fast the prices of a replay follow each other. */
const MIN_TICK_MILLISECONDS = 10;
/** The interval at which the lease is checked, whatever the tick. */
const LEASE_CHECK_MILLISECONDS = 250;

export interface MarketMakerOptions {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly monotonicClock: MonotonicClock;
  readonly logger: ServiceRuntime['logger'];
  readonly board: WritableQuoteBoard;
  readonly trades: TradeFeed;
  readonly bus: MessageBus;
  readonly feed: PriceFeed;
  readonly maxJumpPercent: number;
  readonly tickMilliseconds: number;
  readonly persistSeconds: number;
  readonly leaseCheckMilliseconds: number;
  /** The identity of this process, which holds the lease. */
  readonly holder: string;
  /** Where this process runs, for processes of the same machine; undefined when the system does not tell. */
  readonly location: string | undefined;
  /** Returns whether the clock of this process is right, as it is by default; a wrong one leaves the lease to others. */
  readonly mayTimeQuotes?: (() => boolean) | undefined;
  /**
   * Publishes a quote only once it is stored. Required where other processes execute orders: they read the store, and must
   * not trade at an older price than one that was shown.
   * @see docs/adr/0027-stored-before-shown.md
   */
  readonly storesBeforeShowing: boolean;
  /** The randomness of generated histories; without it assets get none. */
  readonly historyRandom?: RandomSource | undefined;
  readonly tracing?: Tracing | undefined;
}

/** The market maker of one instance. */
export interface MarketMaker {
  readonly market: Market;
  /** Begins to make prices, or to follow the leader. The quote board is filled when it resolves. */
  start(): Promise<void>;
  /** Generates and stores missing histories, which takes seconds. Failed writes are tried again in the background. */
  fillHistory(): Promise<void>;
  /** Runs one tick: makes quotes for every asset, or publishes those that the leader stored. */
  tick(): Promise<void>;
  /** Writes the prices and candles that the store does not have. */
  persist(): Promise<void>;
  /** Writes unstored prices and candles, and gives the lease back so that another instance takes over at once. */
  stop(): Promise<void>;
}

/**
 * Creates a market maker, which reads the feed at each tick, publishes quotes, records candles, and stores both at a slower
 * pace. Of several instances over one store only the holder of the lease makes prices; the others publish what it stores.
 */
export function createMarketMaker(options: MarketMakerOptions): MarketMaker {
  const { store, logger, trades, feed, holder } = options;
  const live = createLiveMarket(options);
  const history = createHistoryFiller({ store, live, logger, random: options.historyRandom });
  const leadership = createLeadership({ ...options, live, history });
  let unsubscribe: (() => void) | undefined;

  const attempt = createAttempt(logger);

  const tick = async (): Promise<void> => {
    // Without writes the lease cannot be renewed, so prices stand still until the store takes writes again.
    if (!takesWrites(store)) return;
    await attempt('renewing the price lease failed', async () => leadership.seekLease(true));
    await attempt('changing the leader of prices failed', leadership.changeRole);
    await attempt('reading the catalogue failed', leadership.readAssets);
    // An instance that cannot renew its lease makes prices until the lease expires.
    await quoting.run(feed.next);
  };

  const quoting = createQuoting(options, async (readFeed) => {
    if (!takesWrites(store) || !leadership.mayMakePrices()) return false;
    await attempt('making prices failed', async () => {
      live.makeQuotes(readFeed);
      if (options.storesBeforeShowing) await storeAndShow();
      else if (live.publishMade()) void persisting.run();
    });
    return true;
  });

  const storeAndShow = async (): Promise<void> => {
    let hasClosed = false;
    const isOurs = await writePrices(store, holder, live, (assetIds) => {
      hasClosed = live.publishMade(assetIds);
    });
    if (!isOurs) return leadership.end();
    if (hasClosed) void persisting.run();
  };

  const persist = async (): Promise<void> => {
    if (!takesWrites(store) || !leadership.mayMakePrices()) return;
    // With `storesBeforeShowing`, each tick has stored its prices.
    const write = options.storesBeforeShowing ? writeRecordedCandles : writeMarket;
    const isOurs = await traceJob(options.tracing, 'Store prices and candles', async () =>
      write(store, holder, live),
    );
    if (!isOurs) await leadership.end();
  };

  const ticking = createRepeater({ everyMilliseconds: options.tickMilliseconds, act: tick });
  const leading = createLeaseKeeper(options, leadership, () => void ticking.run());
  const persisting = createRepeater({
    everyMilliseconds: options.persistSeconds * MILLISECONDS_PER_SECOND,
    act: async () => attempt('storing prices failed', persist),
  });
  return {
    market: live.market,
    tick,
    persist: persisting.run,
    fillHistory: history.fill,

    async start() {
      unsubscribe = trades.subscribe(live.recordTrade);
      leading.start();
      await ticking.run();
      // The stored prices may be as old as the last run, and other processes wait for fresh ones.
      await persisting.run();
      ticking.start();
      persisting.start();
    },

    async stop() {
      unsubscribe?.();
      await history.stop();
      await leading.stop();
      await ticking.stop();
      await quoting.stop();
      await persisting.stop();
      await persisting.run();
      await attempt('releasing the price lease failed', leadership.resign);
    },
  };
}

/** Creates a runner of actions that may fail: it logs a failure. */
function createAttempt(logger: MarketMakerOptions['logger']) {
  return async (failure: string, act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (err) {
      warnOfFailure(logger, { err }, failure);
    }
  };
}

/**
 * Creates the keeper of the lease between ticks: it goes on while a tick loads the market, and ticks may be longer than
 * the term of the lease.
 * @param changeRole called when this instance must begin or end making prices
 */
function createLeaseKeeper(
  { store, logger, leaseCheckMilliseconds }: MarketMakerOptions,
  leadership: Pick<ReturnType<typeof createLeadership>, 'seekLease' | 'mustChangeRole'>,
  changeRole: () => void,
): Repeater {
  const attempt = createAttempt(logger);
  return createRepeater({
    everyMilliseconds: leaseCheckMilliseconds,
    act: async () => {
      if (!takesWrites(store)) return;
      await attempt('renewing the price lease failed', async () => leadership.seekLease(false));
      if (leadership.mustChangeRole()) changeRole();
    },
  });
}

type ReadFeed = PriceFeed['next'];

/**
 * Creates the sequence of quoting: one run at a time, since storing the prices of one tick may take longer than a tick. It
 * runs again before the next tick when the feed has a price that is due earlier.
 * @param quote makes the quotes of one run; resolves to false when this instance makes none
 */
function createQuoting(
  { feed, clock, tickMilliseconds }: Pick<MarketMakerOptions, 'feed' | 'clock' | 'tickMilliseconds'>,
  quote: (readFeed: ReadFeed) => Promise<boolean>,
) {
  let next: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const runOnce = async (readFeed: ReadFeed): Promise<void> => {
    clearTimeout(next);
    if (!(await quote(readFeed))) return;
    const milliseconds = feed.betweenTicks?.dueInMilliseconds(clock.now()) ?? Infinity;
    if (milliseconds >= tickMilliseconds) return;
    const again = () => void run(feed.betweenTicks?.due ?? feed.next);
    next = setTimeout(again, Math.max(Math.ceil(milliseconds), MIN_TICK_MILLISECONDS));
    next.unref();
  };
  const run = async (readFeed: ReadFeed): Promise<void> => {
    running = running.then(async () => runOnce(readFeed));
    return running;
  };

  return {
    run,
    async stop(): Promise<void> {
      await running;
      clearTimeout(next);
    },
  };
}

/** The process resources that a market maker uses. */
export type MarketMakerRuntime = Pick<
  ServiceRuntime,
  'store' | 'clock' | 'logger' | 'trades' | 'bus' | 'sharesStore' | 'tracing'
> & {
  readonly quotes: WritableQuoteBoard;
  /** Measures the term of the lease; the clock of the process by default. */
  readonly monotonicClock?: MonotonicClock;
  readonly mayTimeQuotes?: MarketMakerOptions['mayTimeQuotes'];
};

/** The price settings, and whether a new catalogue gets a generated history. */
export type MarketMakerSettings = PriceSettings & { readonly withHistory?: boolean };

/**
 * Creates the market maker that the settings select; it does nothing until it is started.
 * @throws ConfigError when a price file cannot be read
 */
export async function openMarketMaker(
  runtime: MarketMakerRuntime,
  settings: MarketMakerSettings,
): Promise<MarketMaker> {
  const { store, clock, trades, bus, quotes: board } = runtime;
  const logger = runtime.logger.child({ component: 'prices' });
  const random = createRandomSource(settings.PRICE_SEED);
  return createMarketMaker({
    store,
    clock,
    monotonicClock: runtime.monotonicClock ?? systemMonotonicClock,
    logger,
    board,
    trades,
    bus,
    feed: await openPriceFeed(settings, { logger, random }),
    maxJumpPercent: settings.PRICE_MAX_JUMP_PERCENT,
    tickMilliseconds: settings.PRICE_TICK_MILLISECONDS,
    persistSeconds: settings.PRICE_PERSIST_SECONDS,
    storesBeforeShowing: runtime.sharesStore,
    leaseCheckMilliseconds: LEASE_CHECK_MILLISECONDS,
    holder: PROCESS_IDENTITY,
    location: processLocation(),
    mayTimeQuotes: runtime.mayTimeQuotes,
    tracing: runtime.tracing,
    // A generated history is shown only beside simulated prices, never beside real ones.
    historyRandom: settings.withHistory && settings.PRICE_FEED === 'simulated' ? random : undefined,
  });
}
