import { isoTime, knownPrice } from '@cnop/common/core/brands';
import { systemClock } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import type { TableStore } from '@cnop/common/database/table-store';
import { assetIdSchema } from '@cnop/common/entities/fields';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { assetSchema } from '@cnop/common/entities/inventory/asset';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { createQuoteBoard, createTradeFeed } from '@cnop/common/market/market-data';
import { createLogger } from '@cnop/common/process/logger';
import type { TriggerEngine } from '@cnop/order-service/trigger-engine/trigger-engine';
import { createTriggerEngine } from '@cnop/order-service/trigger-engine/trigger-engine';
import type { OrderDependencies } from '@cnop/order-service/use-cases/dependencies';
import { createOrderDependencies } from '@cnop/order-service/use-cases/dependencies';

export const ASSET_ID = assetIdSchema.parse('BENCH');
export const START_PRICE = '100';
/** Quotes never become stale here. */
const MAX_QUOTE_AGE_SECONDS = 3_600;

/** One asset on an embedded store, with a trigger engine and prices that the benchmark sets. */
export interface BenchMarket {
  readonly store: TableStore;
  readonly deps: OrderDependencies;
  readonly engine: TriggerEngine;
  /** Publishes a price and waits until all orders it triggers are executed; returns the milliseconds. */
  price(mid: string): Promise<number>;
  close(): Promise<void>;
}

/** Opens a market in a folder, creates its asset if the store is new, and starts the engine. */
export async function openBenchMarket(path: string): Promise<BenchMarket> {
  const store = createLmdbTableStore({ path });
  const quotes = createQuoteBoard();
  const deps = createOrderDependencies({
    store,
    clock: systemClock,
    ids: systemIds,
    quotes,
    trades: createTradeFeed(),
    maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS,
    maxOpenOrders: Number.MAX_SAFE_INTEGER,
  });
  const assets = createAssetDao(store);
  if (!(await assets.getAsset(ASSET_ID))) await assets.createAsset(benchAsset());
  const engine = createTriggerEngine({ ...deps, log: createLogger({ level: 'warn' }) });
  quotes.publish([quoteOf(START_PRICE)]);
  engine.start();
  await engine.whenIdle();
  return {
    store,
    deps,
    engine,
    async price(mid) {
      const began = performance.now();
      quotes.publish([quoteOf(mid)]);
      await engine.whenIdle();
      return performance.now() - began;
    },
    async close() {
      await engine.close();
      await store.close();
    },
  };
}

let lastSeq = 0;

/** Makes a quote whose bid, ask and mid are equal: the benchmark's asset has no spread. */
export function quoteOf(price: string): Quote {
  const mid = knownPrice(price);
  lastSeq = Math.max(lastSeq + 1, Date.now());
  const at = isoTime(new Date());
  return { asset_id: ASSET_ID, bid: mid, ask: mid, mid, at, source: 'manual', seq: lastSeq };
}

function benchAsset(): Asset {
  const at = isoTime(new Date());
  return assetSchema.parse({
    asset_id: ASSET_ID,
    symbol: ASSET_ID,
    name: 'Benchmark',
    current_price: START_PRICE,
    price_scale: 8,
    created_at: at,
    updated_at: at,
    last_price_update: at,
  });
}
