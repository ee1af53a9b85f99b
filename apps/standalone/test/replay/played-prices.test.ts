import path from 'node:path';
import { priceSettings } from '@cnop/common/config/price-settings';
import type { OrderId } from '@cnop/common/core/brands';
import type { Clock } from '@cnop/common/core/clock';
import { systemClock, systemMonotonicClock } from '@cnop/common/core/clock';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { OrderCreate, OrderDocument } from '@cnop/common/entities/order/order-document';
import { createMarketMaker } from '@cnop/inventory-service/market-maker/market-maker';
import { openPriceFeed } from '@cnop/inventory-service/price-feed/open-price-feed';
import { createRandomSource } from '@cnop/inventory-service/price-feed/simulated-feed';
import { createTriggerEngine } from '@cnop/order-service/trigger-engine/trigger-engine';
import { createOrderDependencies } from '@cnop/order-service/use-cases/dependencies';
import { placeOrder } from '@cnop/order-service/use-cases/place-order';
import { anAssetId, aPrice, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { PROJECT_ROOT } from '@cnop/testing/system/node-process';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { expect, onTestFinished, test } from 'vitest';

const RECORDED = path.join(PROJECT_ROOT, 'packages/testing/recorded');
const TRADER = aUsername('trader');
/** Longer than any test, so that only recorded prices are read by interval. */
const NO_TICK_MILLISECONDS = 3_600_000;

/** The market maker of one process, playing a file, and the trigger engine on its board. */
async function openMarket(file: string, { clock, speed }: { readonly clock: Clock; readonly speed: string }) {
  const runtime = await createTestRuntime({ clock });
  const settings = priceSettings.parse({
    PRICE_FEED: 'replay',
    PRICE_REPLAY_FILES: `BTC=${file}`,
    PRICE_REPLAY_SPEED: speed,
  });
  await createAssetDao(runtime.store).createAsset(
    anAsset({ current_price: '20000', last_price_update: clock.now().toISOString() }),
  );
  const maker = createMarketMaker({
    ...runtime,
    monotonicClock: systemMonotonicClock,
    board: runtime.quotes,
    feed: await openPriceFeed(settings, { logger: runtime.logger, random: createRandomSource('unused') }),
    maxJumpPercent: settings.PRICE_MAX_JUMP_PERCENT,
    tickMilliseconds: NO_TICK_MILLISECONDS,
    persistSeconds: settings.PRICE_PERSIST_SECONDS,
    storesBeforeShowing: false,
    leaseCheckMilliseconds: 250,
    holder: 'one',
    location: undefined,
  });
  const deps = createOrderDependencies({ ...runtime, maxQuoteAgeSeconds: 15 });
  const engine = createTriggerEngine({ ...deps, log: runtime.logger });
  engine.start();
  onTestFinished(async () => {
    await maker.stop();
    await engine.close();
    await runtime.dispose();
  });
  const place = async (request: Partial<OrderCreate> & Pick<OrderCreate, 'order_type'>): Promise<OrderId> => {
    const command = {
      username: TRADER,
      role: 'customer',
      request: { asset_id: anAssetId('BTC'), quantity: '1', ...request },
      requestHash: '',
      intent: undefined,
    } as const;
    return (await placeOrder(deps, command)).order.order_id;
  };
  const order = async (id: OrderId): Promise<OrderDocument | undefined> => deps.orders.getOrder(id);
  return { runtime, maker, engine, place, order };
}

test('a stop-loss and a limit buy at 18000 fill at the 17000 that follows a gap', async () => {
  const clock = createFakeClock();
  const market = await openMarket(path.join(RECORDED, 'gap-after-first-line.csv'), { clock, speed: '20' });
  await market.maker.start();
  await market.runtime.fund(TRADER, '1000000');
  await market.place({ order_type: 'market_buy' });
  const orders = [
    await market.place({ order_type: 'stop_loss', stop_price: aPrice('18000') }),
    await market.place({ order_type: 'limit_buy', price: aPrice('18000') }),
  ];
  // The recorded ten minutes take thirty seconds; three quarters of a second are a quarter of a candle.
  for (let quarter = 0; quarter < 44; quarter++) {
    clock.advanceMilliseconds(750);
    await market.maker.tick();
    await market.engine.whenIdle();
  }
  for (const id of orders) {
    expect(await market.order(id)).toMatchObject({ status: 'completed', executed_price: '17000' });
  }
});

test('prices that are closer than two ticks are all quoted', async () => {
  const market = await openMarket(path.join(RECORDED, 'gap-after-first-line.csv'), {
    clock: systemClock,
    speed: '2000',
  });
  const mids: string[] = [];
  market.runtime.quotes.subscribe((quotes) => mids.push(...quotes.map(({ mid }) => mid)));
  await market.maker.start();
  await expect.poll(() => mids.length, { timeout: 30_000 }).toBe(28);
  expect(mids.slice(4, 12)).toEqual(['20000', '19990', '20010', '20000', '20000', '17000', '20010', '20000']);
});
