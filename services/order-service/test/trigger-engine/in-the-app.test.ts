import type { Price } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createTriggerCheckpointDao } from '@cnop/common/dao/order/trigger-checkpoint-dao';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { anAssetId, aPrice } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, expect, it } from 'vitest';
import { buildOrderServiceApp } from '../../src/app.ts';

const cleanup = createCleanup();
afterEach(() => cleanup.run());

const quoteOf = (mid: Price, seq: number): Quote => ({
  asset_id: anAssetId('BTC'),
  bid: mid,
  ask: mid,
  mid,
  at: isoTime(new Date()),
  source: 'manual',
  seq,
});

/** Returns the status of a limit order at 90 in the real app after the price fell to 80. */
async function playFall(options: { readonly runsTriggerEngine?: boolean }) {
  const runtime = await createTestRuntime();
  cleanup.defer(() => runtime.dispose());
  await createAssetDao(runtime.store).createAsset(anAsset({ last_price_update: new Date(0).toISOString() }));
  const app = await buildOrderServiceApp({ ...runtime, maxQuoteAgeSeconds: 15, ...options });
  cleanup.defer(() => app.close());
  await app.ready();
  const headers = await runtime.signIn('alice');
  await runtime.fund('alice', '1000');
  runtime.quotes.publish([quoteOf(aPrice('100'), 1)]);
  const payload = { asset_id: 'BTC', order_type: 'limit_buy', quantity: '1', price: '90' };
  const placed = await app.inject({ method: 'POST', url: '/orders', headers, payload });
  const { order_id } = placed.json<{ data: OrderDocument }>().data;
  runtime.quotes.publish([quoteOf(aPrice('80'), 2)]);
  const statusOf = async () =>
    (await app.inject({ method: 'GET', url: `/orders/${order_id}`, headers })).json<{ data: OrderDocument }>()
      .data.status;
  return { app, runtime, statusOf };
}

it('the app runs the trigger engine while it is open', async () => {
  const { app, runtime, statusOf } = await playFall({ runsTriggerEngine: true });
  await expect.poll(statusOf).toBe('completed');
  const open = { asset_id: 'BTC', order_type: 'limit_buy', quantity: '1', price: '10' };
  const headers = await runtime.signIn('alice');
  expect((await app.inject({ method: 'POST', url: '/orders', headers, payload: open })).statusCode).toBe(201);
  await app.close();
  // The checkpoint is on disk for the next start.
  expect(await createTriggerCheckpointDao(runtime.store).getCheckpoint(anAssetId('BTC'))).toMatchObject({
    seq: 2,
  });
});

it('the app runs no trigger engine by default', async () => {
  const { statusOf } = await playFall({});
  // An engine would have run during these requests.
  for (let i = 0; i < 20; i++) expect(await statusOf()).toBe('queued');
});
