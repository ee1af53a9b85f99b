import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { anAsset } from '@cnop/testing/builders/inventory';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { buildOrderServiceApp } from '../src/app.ts';

export interface OrderServiceUnderTest {
  readonly app: ServiceApp;
  readonly runtime: TestRuntime;
  dispose(): Promise<void>;
}

/** The real order service over a real store, with BTC at 50,000.00 and ETH, which is not open for trading. */
export async function startOrderService(): Promise<OrderServiceUnderTest> {
  const runtime = await createTestRuntime();
  const assets = createAssetDao(runtime.store);
  await assets.createAsset(anAsset({ asset_id: 'BTC', current_price: '50000.00' }));
  await assets.createAsset(
    anAsset({ asset_id: 'DOGE', current_price: '0.123456', price_scale: 6, quantity_scale: 4 }),
  );
  await assets.createAsset(anAsset({ asset_id: 'ETH', status: 'suspended' }));
  const app = await buildOrderServiceApp(runtime);
  return {
    app,
    runtime,
    async dispose() {
      await app.close();
      await runtime.dispose();
    },
  };
}
