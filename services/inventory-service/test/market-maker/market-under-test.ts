import type { AssetId, Price } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { CandleInterval } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { createQuoteBoard, createTradeFeed } from '@cnop/common/market/market-data';
import { createInProcessBus } from '@cnop/common/messaging/message-bus';
import { createLogger } from '@cnop/common/process/logger';
import { anAsset } from '@cnop/testing/builders/inventory';
import type { FakeClock } from '@cnop/testing/fake-clock';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import type { MarketMaker, MarketMakerOptions } from '../../src/market-maker/market-maker.ts';
import { createMarketMaker } from '../../src/market-maker/market-maker.ts';
import { createManualFeed } from '../../src/price-feed/manual-feed.ts';
import { createRandomSource, createSimulatedFeed } from '../../src/price-feed/simulated-feed.ts';

const MOST_CANDLES = 1_000;

export const START = '2026-03-03T14:30:10.000Z';
export const BTC = anAsset({ asset_id: 'BTC', current_price: '50000' });
const USDC = anAsset({ asset_id: 'USDC', current_price: '1', price_scale: 4, category: 'stablecoin' });

export type MarketUnderTest = ReturnType<typeof openMarket>;
export type MarketsUnderTest = Awaited<ReturnType<typeof createMarkets>>;

/** Creates a store with BTC and USDC, for as many market makers as a test opens on it, and sets the clock to `START`. */
export async function createMarkets(clock: FakeClock) {
  clock.set(START);
  const runtime = await createTestRuntime({ clock });
  const opened: MarketUnderTest[] = [];
  const assets = createAssetDao(runtime.store);
  for (const asset of [BTC, USDC]) await assets.createAsset(asset);
  return {
    runtime,
    open(options: Partial<MarketMakerOptions> = {}, store: TableStore = runtime.store): MarketUnderTest {
      const market = openMarket({ store, clock }, options);
      opened.push(market);
      return market;
    },
    async dispose(): Promise<void> {
      for (const { maker } of opened) await maker.stop();
      await runtime.dispose();
    },
  };
}

/** Opens the market maker of one instance: it runs a tick when a test calls `tick`, and writes when it calls `persist`. */
export function openMarket(
  { store, clock }: { readonly store: TableStore; readonly clock: FakeClock },
  options: Partial<MarketMakerOptions> = {},
) {
  const board = createQuoteBoard();
  const trades = createTradeFeed();
  const published: Quote[] = [];
  board.subscribe((quotes) => published.push(...quotes));
  const maker: MarketMaker = createMarketMaker({
    store,
    clock,
    monotonicClock: clock,
    logger: createLogger({ level: 'silent' }),
    board,
    trades,
    bus: createInProcessBus(),
    feed: createManualFeed(),
    maxJumpPercent: 20,
    // Longer than any test, so no tick comes by itself.
    tickMilliseconds: 3_600_000,
    persistSeconds: 3_600,
    leaseCheckMilliseconds: 3_600_000,
    storesBeforeShowing: false,
    holder: 'one',
    location: undefined,
    ...options,
  });
  const assets = createAssetDao(store);
  const candles = createCandleDao(store);
  return {
    maker,
    board,
    trades,
    bus: createInProcessBus(),
    published,
    assets,
    /** Sets a price as the use case does: in the store, then on the board. */
    async setPrice(assetId: AssetId, price: Price): Promise<Asset> {
      const at = isoTime(clock.now());
      const asset = await assets.updateAsset(assetId, () => ({
        current_price: price,
        updated_at: at,
        last_price_update: at,
      }));
      maker.market.priceSet(asset);
      return asset;
    },
    storedCandles: async (assetId: AssetId, interval: CandleInterval) =>
      candles.getCandles({ assetId, interval, limit: MOST_CANDLES, order: 'ascending' }),
    midOf: (assetId: AssetId) => board.latest(assetId)?.mid,
  };
}

/** Returns the options of a market with simulated prices. */
export function simulated(seed = 'seed') {
  return { feed: createSimulatedFeed({ random: createRandomSource(seed), tickSeconds: 1 }) };
}

/** Runs one tick a second. */
export async function run({ maker }: MarketUnderTest, clock: FakeClock, seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    clock.advanceSeconds(1);
    await maker.tick();
  }
}
