import { isoTime } from '@cnop/common/core/brands';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { AssetChange } from '@cnop/common/entities/inventory/asset-status';
import { quoteAround } from '@cnop/common/entities/inventory/quote';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { TierLimits } from '@cnop/common/entities/user/tier-limits';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { anAssetId, aPrice } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import type { FakeClock } from '@cnop/testing/fake-clock';
import { createFakeClock } from '@cnop/testing/fake-clock';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { buildOrderServiceApp } from '../src/app.ts';
import type { OrderKeys } from '../src/use-cases/change-open-order.ts';
import { triggerOrder } from '../src/use-cases/change-open-order.ts';
import type { OrderDependencies } from '../src/use-cases/dependencies.ts';
import { createOrderDependencies } from '../src/use-cases/dependencies.ts';

export const MAX_QUOTE_AGE_SECONDS = 15;

/** Older than every quote of the tests, whose `seq` starts at 1. */
const PRICED_AT = isoTime(new Date(0));

/** The assets: ETH is not open for trading, GOLD has a spread and a fee, SPOT whole units at whole prices; EUR is a currency. */
const ASSETS = [
  anAsset({ asset_id: 'BTC', current_price: '50000.00' }),
  anAsset({ asset_id: 'DOGE', current_price: '0.123456', price_scale: 6, quantity_scale: 4 }),
  anAsset({ asset_id: 'GOLD', current_price: '2000.00', spread_bps: 100, fee_bps: 25 }),
  anAsset({ asset_id: 'SPOT', current_price: '7', price_scale: 0, quantity_scale: 0 }),
  anAsset({ asset_id: 'ETH', status: 'suspended' }),
  anAsset({ asset_id: 'EUR', category: 'currency', current_price: '1.1', quantity_scale: 2 }),
];

export interface OrderServiceUnderTest {
  readonly app: ServiceApp;
  readonly runtime: TestRuntime;
  readonly clock: FakeClock;
  /** The dependencies of use cases that no route calls. */
  readonly ordering: OrderDependencies;
  /** Publishes a new price of an asset as of now. */
  setPrice(assetId: string, mid: string): void;
  /** Publishes the latest price of an asset again, as a suspended quote. */
  suspendPrice(assetId: string): void;
  /** Publishes the latest prices again with the current time. */
  refreshPrices(): void;
  /** Changes an asset, as an administrator would. */
  changeAsset(assetId: string, change: AssetChange): Promise<void>;
  dispose(): Promise<void>;
}

/** Starts the real order service over a real store, with prices and a clock that only the test moves. */
export async function startOrderService({
  maxOpenOrders,
  tierLimits = {},
}: {
  readonly maxOpenOrders?: number;
  readonly tierLimits?: TierLimits;
} = {}): Promise<OrderServiceUnderTest> {
  const clock = createFakeClock();
  const runtime = await createTestRuntime({ clock });
  const dao = createAssetDao(runtime.store);
  const assets = new Map<string, Asset>();
  for (const asset of ASSETS) {
    assets.set(asset.asset_id, await dao.createAsset({ ...asset, last_price_update: PRICED_AT }));
  }
  const prices = new Map<string, string>(
    ASSETS.map(({ asset_id, current_price }) => [asset_id, current_price]),
  );
  let seq = 0;

  const publish = (assetId: string, mid: string, isSuspended = false): void => {
    const asset = assets.get(assetId);
    if (!asset) throw new Error(`${assetId} is not an asset of these tests`);
    seq += 1;
    prices.set(assetId, mid);
    const suspended = isSuspended && ({ suspended: true } as const);
    runtime.quotes.publish([
      quoteAround(asset, { mid: aPrice(mid), at: isoTime(clock.now()), source: 'manual', seq, ...suspended }),
    ]);
  };
  const setPrice = (assetId: string, mid: string): void => publish(assetId, mid);
  const refreshPrices = (): void => {
    for (const [assetId, mid] of prices) setPrice(assetId, mid);
  };
  refreshPrices();

  const limits = {
    maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS,
    tierLimits,
    ...(maxOpenOrders !== undefined && { maxOpenOrders }),
  };
  const app = await buildOrderServiceApp({ ...runtime, ...limits });
  return {
    app,
    runtime,
    clock,
    ordering: createOrderDependencies({ ...runtime, ...limits }),
    setPrice,
    suspendPrice: (assetId) => publish(assetId, prices.get(assetId) ?? aPrice('1'), true),
    refreshPrices,
    async changeAsset(assetId, change) {
      assets.set(assetId, await dao.updateAsset(anAssetId(assetId), () => change));
      setPrice(assetId, prices.get(assetId) ?? aPrice('1'));
    },
    async dispose() {
      await app.close();
      await runtime.dispose();
    },
  };
}

/** Returns the keys of an open order. */
export function keysOf({ order_id, username, asset_id }: OrderDocument): OrderKeys {
  return { orderId: order_id, username, assetId: asset_id };
}

/**
 * Triggers an order at the current quote, whatever its condition.
 * @returns the order after that; undefined when it did not change
 */
export async function triggerNow(
  { ordering }: OrderServiceUnderTest,
  order: OrderDocument,
): Promise<OrderDocument | undefined> {
  const attempt = await triggerOrder(ordering, keysOf(order), (found, quote) => ({
    quote,
    price: 'limit' in found ? found.limit : 'stop_price' in found ? found.stop_price : quote.bid,
  }));
  return attempt.kind === 'changed' ? attempt.order : undefined;
}

export const START = '2026-01-15T12:00:00.000Z';

/** Sets the clock to `START`, and fresh prices: BTC at 50,000 USD and GOLD at 2,000. */
export function resetMarket(service: OrderServiceUnderTest): void {
  service.clock.set(START);
  // Quotes from before the clock was set are from the future.
  service.refreshPrices();
  service.setPrice('BTC', '50000');
  service.setPrice('GOLD', '2000');
}
