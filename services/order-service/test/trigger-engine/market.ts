import type { Price } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { createAssetBalanceDao, createAssetTransactionDao } from '@cnop/common/dao/asset/position-dao';
import { assetRecord, createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { candleRecord } from '@cnop/common/dao/inventory/candle-dao';
import { createOrderDao } from '@cnop/common/dao/order/order-dao';
import { createPricePeakDao } from '@cnop/common/dao/order/price-peak-dao';
import { createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import { candleSchema } from '@cnop/common/entities/inventory/candle';
import { quoteAround } from '@cnop/common/entities/inventory/quote';
import type { OrderCreate, OrderDocument } from '@cnop/common/entities/order/order-document';
import { orderCreateSchema } from '@cnop/common/entities/order/order-document';
import { migrateSchema } from '@cnop/common/schema/migrate-schema';
import { anAssetId, anOrderId, aPrice, aQuantity, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import type { FakeClock } from '@cnop/testing/fake-clock';
import { createFakeClock } from '@cnop/testing/fake-clock';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import type { z } from 'zod';
import type { TriggerEngine } from '../../src/trigger-engine/trigger-engine.ts';
import { createTriggerEngine } from '../../src/trigger-engine/trigger-engine.ts';
import { cancelOrder } from '../../src/use-cases/change-open-order.ts';
import type { OrderDependencies } from '../../src/use-cases/dependencies.ts';
import { createOrderDependencies } from '../../src/use-cases/dependencies.ts';
import { placeOrder } from '../../src/use-cases/place-order.ts';

const SPOT = anAssetId('SPOT');
const FIRST_PAGE = { limit: 1_000, offset: 0, after: undefined };

type Request = Partial<Omit<z.input<typeof orderCreateSchema>, 'asset_id'>> & Pick<OrderCreate, 'order_type'>;
/** A candle of the asset, as plain strings. */
type CandleInput = Partial<z.input<typeof candleSchema>> & Pick<Candle, 'open_time'>;

/** A market of one asset, without spread and fees unless the test sets them, and a trader with ample funds. */
export interface Market {
  readonly runtime: TestRuntime;
  readonly clock: FakeClock;
  readonly deps: OrderDependencies;
  readonly trader: string;
  /** Publishes prices one after the other, without waiting for the orders that they trigger. */
  publish(...mids: readonly string[]): void;
  /** Publishes prices and waits until the engine has processed them. */
  price(...mids: readonly string[]): Promise<void>;
  place(request: Request): Promise<OrderDocument>;
  cancel(orderId: string): Promise<unknown>;
  order(orderId: string): Promise<OrderDocument>;
  change(asset: Partial<Asset>): Promise<void>;
  /** Returns the bids of the stored peaks. */
  peaks(): Promise<string[]>;
  /** Stores a candle. By default its quotes have the current time, in the order lowest, highest, last. */
  addCandle(candle: CandleInput): Promise<void>;
  cash(): Promise<{ readonly current: string; readonly held: string }>;
  units(): Promise<{ readonly quantity: string; readonly held: string }>;
  /** Returns the number of trades of an order. */
  tradesOf(orderId: string): Promise<number>;
  /** Returns the running engine. */
  engine(): TriggerEngine;
  /** Closes the engine, runs a callback, and starts another engine over the same store. */
  restart(meanwhile?: () => unknown): Promise<void>;
  dispose(): Promise<void>;
}

export interface MarketOptions {
  readonly asset?: Partial<Asset>;
  readonly price?: Price;
  readonly maxQuoteAgeSeconds?: number;
  /** Wraps the store of the engines, to inject a fault. */
  readonly engineStore?: (store: TableStore) => TableStore;
}

export async function openMarket({
  asset: assetOptions = {},
  price: startPrice = aPrice('100'),
  maxQuoteAgeSeconds = 15,
  engineStore = (store) => store,
}: MarketOptions = {}): Promise<Market> {
  const clock = createFakeClock();
  const runtime = await createTestRuntime({ clock });
  const { store, quotes } = runtime;
  const assets = createAssetDao(store);
  let asset = await assets.createAsset(anAsset({ asset_id: SPOT, price_scale: 4, ...assetOptions }));
  const orders = createOrderDao(store);
  const trader = aUsername('trader');
  const deps: OrderDependencies = {
    ...createOrderDependencies({
      ...runtime,
      maxQuoteAgeSeconds,
      maxOpenOrders: Number.MAX_SAFE_INTEGER,
    }),
    quoteFor: quotes.latest,
  };
  // Migrates the store: stores of earlier versions have tests of their own.
  await migrateSchema(runtime);
  const startEngine = (): TriggerEngine => {
    const started = createTriggerEngine({
      ...deps,
      store: engineStore(store),
      log: runtime.logger,
      monotonicClock: clock,
    });
    started.start();
    return started;
  };
  let seq = 0;
  let engine: TriggerEngine;

  const publish = (...mids: readonly string[]): void => {
    for (const mid of mids) {
      seq += 1;
      quotes.publish([
        quoteAround(asset, { mid: aPrice(mid), at: isoTime(clock.now()), source: 'manual', seq }),
      ]);
    }
  };
  const place = async (request: Request): Promise<OrderDocument> => {
    const parsed = orderCreateSchema.parse({ asset_id: SPOT, quantity: '1', ...request });
    const command = {
      username: trader,
      role: 'customer',
      request: parsed,
      requestHash: '',
      intent: undefined,
    } as const;
    return (await placeOrder(deps, command)).order;
  };

  publish(startPrice);
  await runtime.fund(trader, '1000000');
  await place({ order_type: 'market_buy', quantity: '1000' });
  engine = startEngine();
  await engine.whenIdle();

  return {
    runtime,
    clock,
    deps,
    trader,
    publish,
    async price(...mids) {
      publish(...mids);
      await engine.whenIdle();
    },
    place,
    cancel: (orderId) => cancelOrder(deps, { username: trader, orderId: anOrderId(orderId) }),
    async order(orderId) {
      const order = await orders.getOrder(anOrderId(orderId));
      if (!order) throw new Error(`there is no order ${orderId}`);
      return order;
    },
    async change(changes) {
      asset = await changeStored(store, changes);
    },
    peaks: async () => (await createPricePeakDao(store).getPeaks(SPOT)).map(({ bid }) => bid),
    async addCandle(candle) {
      const price = candle.close ?? startPrice;
      const next = (bid = price) => {
        seq += 1;
        return { seq, bid };
      };
      const whole = candleSchema.parse({
        asset_id: SPOT,
        interval: '1m',
        open: price,
        high: price,
        low: price,
        close: price,
        volume: aQuantity('0'),
        final: true,
        source: 'manual',
        quotes: { low: next(candle.low), high: next(candle.high), close: next() },
        ...candle,
      });
      await store.transact({}, () => ({ writes: [candleRecord.create(whole)], result: undefined }));
    },
    async cash() {
      const balance = await createBalanceDao(store).getBalance(trader);
      return { current: balance?.current_balance ?? '', held: balance?.held_balance ?? '' };
    },
    async units() {
      const holding = await createAssetBalanceDao(store).getAssetBalance(trader, SPOT);
      return { quantity: holding?.quantity ?? '', held: holding?.held_quantity ?? '' };
    },
    async tradesOf(orderId) {
      const trades = await createAssetTransactionDao(store).getUserAssetTransactions(
        trader,
        SPOT,
        FIRST_PAGE,
      );
      return trades.items.filter(({ order_id }) => order_id === orderId).length;
    },
    engine: () => engine,
    async restart(meanwhile = () => undefined) {
      await engine.close();
      await meanwhile();
      engine = startEngine();
      await engine.whenIdle();
    },
    async dispose() {
      await engine.close();
      await runtime.dispose();
    },
  };
}

/** Changes the stored asset without the rules of the catalogue, so that a test can delist it without a settlement. */
async function changeStored(store: TableStore, changes: Partial<Asset>): Promise<Asset> {
  return store.transact({ asset: assetRecord.key({ asset_id: SPOT }) }, ({ asset }) => {
    const changed: Asset = { ...assetRecord.read(asset!), ...changes };
    return { writes: [assetRecord.replace(changed)], result: changed };
  });
}
