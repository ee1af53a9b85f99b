import type { OrderId } from '@cnop/common/core/brands';
import { assetRecord, createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { FEED_LEASE_KEY } from '@cnop/common/dao/inventory/feed-lease-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { storedQuoteOf } from '@cnop/common/entities/inventory/quote';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { orderCreateSchema } from '@cnop/common/entities/order/order-document';
import type { WritableQuoteBoard } from '@cnop/common/market/market-data';
import { createQuoteBoard } from '@cnop/common/market/market-data';
import { receiveQuotes, sendQuotes } from '@cnop/common/market/relay';
import { relayStoredPrices } from '@cnop/common/market/stored-prices';
import { createInProcessBus } from '@cnop/common/messaging/message-bus';
import { processLocation } from '@cnop/common/process/process-identity';
import { isTradable } from '@cnop/common/trading/trigger-rules';
import { ProblemError } from '@cnop/exception/problem-error';
import { reprice } from '@cnop/inventory-service/domain/asset-rules';
import type { MarketMaker } from '@cnop/inventory-service/market-maker/market-maker';
import { createMarketMaker } from '@cnop/inventory-service/market-maker/market-maker';
import type { PriceFeed } from '@cnop/inventory-service/price-feed/price-feed';
import type { TriggerEngine } from '@cnop/order-service/trigger-engine/trigger-engine';
import { createTriggerEngine } from '@cnop/order-service/trigger-engine/trigger-engine';
import type { OrderDependencies } from '@cnop/order-service/use-cases/dependencies';
import { createOrderDependencies } from '@cnop/order-service/use-cases/dependencies';
import { placeOrder } from '@cnop/order-service/use-cases/place-order';
import { aPrice, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import type { FakeClock } from '@cnop/testing/fake-clock';
import type { TestRuntime } from '@cnop/testing/test-runtime';

/** The processes of a market, and the way of quotes from the one that makes prices to the one that executes orders. */
export type Shape = 'one process' | 'stored prices' | 'message bus';

/** Longer than any test, so that no interval elapses by itself. */
const NEVER_MILLISECONDS = 3_600_000;
const MAX_QUOTE_AGE_SECONDS = 3;
const STOCK_UNITS = '1000';
const MOST_SECONDS_TO_BEGIN = 60;

export interface CrashingMarketOptions {
  readonly runtime: TestRuntime;
  readonly clock: FakeClock;
  readonly asset: Asset;
  readonly shape: Shape;
  /** Created for each start of the process that makes prices. */
  readonly openFeed: () => PriceFeed;
  /** The engine's reader of candles, in which a test can plant a fault. */
  readonly readCandles?: (candles: readonly Candle[]) => readonly Candle[];
}

/** A quote that was shown or stored, with its position among all of them. */
export interface KnownQuote {
  readonly index: number;
  readonly quote: Quote;
}

export interface CrashingMarket {
  /** Makes one tick and waits for all orders that it triggers. */
  tick(): Promise<void>;
  persist(): Promise<void>;
  /** Sets the price like an administrator. */
  setPrice(price: string): Promise<void>;
  /** Places an order; undefined when it was refused, or when the process ended meanwhile. */
  place(request: Readonly<Record<string, string>>): Promise<OrderDocument | undefined>;
  orderOf(orderId: OrderId): Promise<OrderDocument | undefined>;
  /** Ends both processes like `kill -9` after some more commits; later commits are lost. */
  killAfter(commits: number): void;
  isKilled(): boolean;
  /** Cancels a kill that has not happened yet. */
  spare(): void;
  /** Whether orders may be filled at the latest quote. */
  isTradable(): boolean;
  /** Stops the processes, gracefully unless they were killed, and starts them again. */
  restart(): Promise<void>;
  /** Every quote that was shown or stored, by its `seq`. */
  readonly known: ReadonlyMap<number, KnownQuote>;
  /** The tradable quotes that the engine has received since its start, in the order of time. */
  readonly seenByEngine: readonly Quote[];
  latest(): Quote | undefined;
  close(): Promise<void>;
}

interface Life {
  readonly maker: MarketMaker;
  readonly engine: TriggerEngine;
  readonly deps: OrderDependencies;
  readonly board: WritableQuoteBoard;
  poll(): Promise<void>;
  end(): Promise<void>;
}

/** Creates the real market maker and trigger engine over a real store, which a test can kill and start again. */
export async function openCrashingMarket(options: CrashingMarketOptions): Promise<CrashingMarket> {
  const { runtime, clock, asset, shape } = options;
  const { asset_id } = asset;
  const trader = aUsername(`trader_${asset_id}`);
  const assets = createAssetDao(runtime.store);
  const known = new Map<number, KnownQuote>();
  const seenByEngine: Quote[] = [];
  let commitsLeft = Number.POSITIVE_INFINITY;
  const isKilled = (): boolean => commitsLeft <= 0;

  const note = (quotes: readonly Quote[]): void => {
    for (const quote of quotes) {
      if (quote.suspended || known.has(quote.seq)) continue;
      known.set(quote.seq, { index: known.size, quote });
    }
  };
  /** The store of the processes: after a kill no write reaches it. */
  const store: TableStore = {
    ...runtime.store,
    async transact(reads, decide) {
      commitsLeft -= 1;
      if (isKilled()) throw new Error('killed');
      const result = await runtime.store.transact(reads, decide);
      const stored = shape === 'one process' ? undefined : await assets.getAsset(asset_id);
      if (stored) note([storedQuoteOf(stored)]);
      return result;
    },
  };

  const begin = async (): Promise<Life> => {
    const made = createQuoteBoard();
    const board = shape === 'one process' ? made : createQuoteBoard();
    made.subscribe(note);
    seenByEngine.length = 0;
    board.subscribe((quotes) => {
      seenByEngine.push(...quotes.filter((quote) => isTradable(quote, clock.now(), MAX_QUOTE_AGE_SECONDS)));
    });
    const bus = createInProcessBus();
    if (shape === 'message bus') {
      sendQuotes(made, bus);
      receiveQuotes(board, bus);
    }
    const maker = createMarketMaker({
      ...runtime,
      store,
      board: made,
      feed: options.openFeed(),
      maxJumpPercent: 20,
      tickMilliseconds: NEVER_MILLISECONDS,
      persistSeconds: NEVER_MILLISECONDS / 1_000,
      storesBeforeShowing: shape !== 'one process',
      monotonicClock: clock,
      leaseCheckMilliseconds: NEVER_MILLISECONDS,
      holder: runtime.ids.next(),
      // The next life of the process finds the lease of one that has ended.
      location: `${processLocation()}0`,
    });
    const deps = createOrderDependencies({
      ...runtime,
      store,
      quotes: board,
      maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS,
      catalogueIsInvalidated: false,
    });
    const quoteFor = shape === 'one process' ? board.latest : deps.quoteFor;
    const candles = {
      getCandles: async (...period: Parameters<typeof deps.candles.getCandles>) => {
        const found = await deps.candles.getCandles(...period);
        return [...(options.readCandles?.(found) ?? found)];
      },
    };
    const poll = async (): Promise<void> => {
      if (shape === 'one process') return;
      const stop = await relayStoredPrices({
        board,
        readAssets: assets.getAssets,
        onFailure: () => undefined,
      });
      stop();
    };
    await maker.start();
    await poll();
    const engine = createTriggerEngine({ ...deps, quoteFor, candles, log: runtime.logger });
    engine.start();
    await engine.whenIdle();
    return {
      maker,
      engine,
      deps: { ...deps, quoteFor },
      board,
      poll,
      async end() {
        await engine.close();
        await maker.stop();
        await bus.close();
      },
    };
  };

  const acted = async ({ engine, poll }: Life): Promise<void> => {
    await poll();
    await engine.whenIdle();
  };

  await assets.createAsset(asset);
  await runtime.fund(trader, '100000000');
  let life = await begin();
  const place: CrashingMarket['place'] = async (request) => {
    const parsed = orderCreateSchema.parse({ asset_id, quantity: '1', ...request });
    const command = {
      username: trader,
      role: 'customer' as const,
      request: parsed,
      requestHash: '',
      intent: undefined,
    };
    try {
      return (await placeOrder(life.deps, command)).order;
    } catch (error) {
      if (isKilled() || error instanceof ProblemError) return undefined;
      throw error;
    }
  };
  // A feed may begin without a price, or with a jump.
  for (let second = 0; !(await place({ order_type: 'market_buy', quantity: STOCK_UNITS })); second++) {
    if (second === MOST_SECONDS_TO_BEGIN) throw new Error('there is no price to begin with');
    clock.advanceSeconds(1);
    await life.maker.tick();
    await acted(life);
  }

  return {
    known,
    seenByEngine,
    isKilled,
    place,
    latest: () => life.board.latest(asset_id),
    orderOf: (orderId) => life.deps.orders.getOrder(orderId),
    persist: () => life.maker.persist(),
    async tick() {
      await life.maker.tick();
      await acted(life);
    },
    async setPrice(price) {
      if (isKilled()) return;
      const changed = await assets.updateAsset(asset_id, (stored) =>
        reprice(stored, aPrice(price), clock.now()),
      );
      if (shape !== 'one process') note([storedQuoteOf(changed)]);
      life.maker.market.priceSet(changed);
      await acted(life);
    },
    killAfter(commits) {
      commitsLeft = Math.min(commitsLeft, commits + 1);
    },
    spare() {
      if (!isKilled()) commitsLeft = Number.POSITIVE_INFINITY;
    },
    isTradable() {
      const quote = life.board.latest(asset_id);
      return quote !== undefined && isTradable(quote, clock.now(), MAX_QUOTE_AGE_SECONDS);
    },
    async restart() {
      await life.end();
      commitsLeft = Number.POSITIVE_INFINITY;
      life = await begin();
    },
    async close() {
      await life.end();
      const key = assetRecord.key({ asset_id });
      await runtime.store.transact({ asset: key, lease: FEED_LEASE_KEY }, () => ({
        writes: [
          { kind: 'delete', key },
          { kind: 'delete', key: FEED_LEASE_KEY },
        ],
        result: undefined,
      }));
    },
  };
}

/** Returns a new asset for each run over one store. */
export function assetOfRun(run: number, now: Date): Asset {
  return anAsset({
    asset_id: `RUN${run}`,
    current_price: '100',
    price_scale: 2,
    daily_volatility_bps: 9_000,
    last_price_update: now.toISOString(),
  });
}
