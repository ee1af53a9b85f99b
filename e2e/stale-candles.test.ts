import { setTimeout as wait } from 'node:timers/promises';
import type { AssetId } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { anAssetId } from '@cnop/testing/builders/brands';
import { createApi, expectStatus, freshName, signIn, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { freePort } from '@cnop/testing/system/free-port';
import { ADMIN_PASSWORD, startStandaloneServer } from '@cnop/testing/system/servers';
import { afterEach, expect, it } from 'vitest';
import { temporaryFolder } from './support/platform.ts';
import { expectSound, readStored } from './support/stored.ts';

const WITHIN = { timeout: 30_000, interval: 100 };
const MINUTE_MILLISECONDS = 60_000;
/** The prices must be written, changed and lost within one minute. */
const NEEDED_MILLISECONDS = 25_000;
const TIMEOUT_MILLISECONDS = 240_000;

const cleanup = createCleanup();
afterEach(() => cleanup.run());

it(
  'keeps orders open that were accepted after the last prices that a killed server wrote',
  async () => {
    const dataDir = await temporaryFolder(cleanup);
    const port = await freePort();
    const start = async () => {
      // Manual prices may jump. They are written as often as by default.
      const env = { PRICE_FEED: 'manual', PRICE_MANUAL_MAX_PERCENT: '100' };
      const server = await startStandaloneServer({ dataDir, port, env });
      cleanup.defer(() => server.process.stop());
      return server;
    };
    let server = await start();
    const api: Parameters<typeof signIn>[0] = (...request) => createApi(server.url)(...request);
    const admin = await signIn(api, 'admin', ADMIN_PASSWORD);
    const setPrice = async (assetId: string, price: string) =>
      expectStatus(await admin.send('PUT', `/inventory/assets/${assetId}/price`, { body: { price } }), 200);
    for (const [asset_id, current_price] of [
      ['UP', '20000'],
      ['DOWN', '2000'],
    ] as const) {
      const body = { asset_id, symbol: asset_id, name: asset_id, current_price };
      expectStatus(await admin.send('POST', '/inventory/assets', { body }), 201);
    }
    const account = await signUp(api, { username: freshName('holder'), cash: '1000000.00' });
    const place = async (body: Readonly<Record<string, string>>): Promise<string> => {
      const answer = await account.send('POST', '/orders', { body: { quantity: '1', ...body } });
      return expectStatus(answer, 201).json<{ data: OrderDocument }>().data.order_id;
    };
    for (const asset_id of ['UP', 'UP', 'DOWN']) await place({ asset_id, order_type: 'market_buy' });
    const leftOfMinute = () => MINUTE_MILLISECONDS - (Date.now() % MINUTE_MILLISECONDS);
    if (leftOfMinute() < NEEDED_MILLISECONDS) await wait(leftOfMinute() + 100);

    const killedInMinute = new Date(Math.floor(Date.now() / MINUTE_MILLISECONDS) * MINUTE_MILLISECONDS);
    const candleOf = (assetId: AssetId) =>
      readStored(dataDir, async (store) => {
        const from = isoTime(killedInMinute);
        const period = { assetId, interval: '1m', from, limit: 1, order: 'ascending' } as const;
        return (await createCandleDao(store).getCandles(period))[0];
      });
    await expect.poll(async () => (await candleOf(anAssetId('UP')))?.close, WITHIN).toBe('20000');
    await expect.poll(async () => (await candleOf(anAssetId('DOWN')))?.close, WITHIN).toBe('2000');
    const trailing = await place({ asset_id: 'UP', order_type: 'trailing_stop', trail_percent: '5' });
    await setPrice('UP', '23000');
    await setPrice('DOWN', '1700');
    const stop = await place({ asset_id: 'UP', order_type: 'stop_loss', stop_price: '21000' });
    const profit = await place({ asset_id: 'DOWN', order_type: 'take_profit', stop_price: '1900' });
    await server.process.stop('SIGKILL');

    // Waits for the next minute, so that the candle that was recorded in part has ended.
    await wait(leftOfMinute() + 500);
    server = await start();
    const statusOf = async (orderId: string) =>
      (await account.send('GET', `/orders/${orderId}`)).json<{ data: OrderDocument }>().data.status;
    const early = await place({ asset_id: 'UP', order_type: 'market_buy' });
    // Several ticks of the engine, each of which would have filled the orders.
    await wait(4_000);
    expect(await statusOf(early)).toBe('completed');
    for (const id of [trailing, stop, profit]) expect(await statusOf(id)).toBe('queued');
    // The next live quotes decide.
    await setPrice('UP', '20900');
    await setPrice('DOWN', '1900');
    for (const id of [trailing, stop, profit]) {
      await expect.poll(() => statusOf(id), WITHIN).toBe('completed');
    }
    await server.process.stop('SIGTERM');
    await readStored(dataDir, expectSound);
  },
  TIMEOUT_MILLISECONDS,
);
