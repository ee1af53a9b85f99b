import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import type { OrderId } from '@cnop/common/core/brands';
import { createOrderDao, orderDocumentRecord } from '@cnop/common/dao/order/order-dao';
import { createPricePeakDao } from '@cnop/common/dao/order/price-peak-dao';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { anAssetId } from '@cnop/testing/builders/brands';
import type { Account, Send } from '@cnop/testing/system/api-client';
import { createApi, expectStatus, freshName, signIn, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { freePort } from '@cnop/testing/system/free-port';
import type { Server } from '@cnop/testing/system/servers';
import { ADMIN_PASSWORD, startStandaloneServer } from '@cnop/testing/system/servers';
import { afterEach, expect, it } from 'vitest';
import { temporaryFolder } from './support/platform.ts';
import { expectSound, readStored } from './support/stored.ts';

const ASSET_ID = anAssetId('FALL');
const HIGH = '300';
/** All orders of the test are triggered here. */
const LOW = '288';
const KILLS = 4;
/** The limit of further kills, until one of them comes while orders are being executed. */
const MAX_KILLS = 12;
const KILLED_AFTER_MAX_MILLISECONDS = 150;
const USERS = 4;
/** A round places 321 orders: more than the 256 that the engine executes at once, which may be one commit. */
const ORDERS_PER_KIND = 20;
const TIMEOUT_MILLISECONDS = 240_000;
const WITHIN = { timeout: 20_000, interval: 50 };

const KINDS = [
  { order_type: 'stop_loss', stop_price: '290' },
  { order_type: 'limit_buy', price: '289' },
  { order_type: 'trailing_stop', trail_amount: '10' },
  { order_type: 'trailing_stop', trail_percent: '3' },
] as const;

const cleanup = createCleanup();
afterEach(() => cleanup.run());

/** A server whose prices only the test moves, and which the test can kill and start again. */
async function createPlatform() {
  const dataDir = await temporaryFolder(cleanup);
  const port = await freePort();
  const start = async (): Promise<Server> => {
    const server = await startStandaloneServer({
      dataDir,
      port,
      env: { PRICE_FEED: 'manual', MAX_OPEN_ORDERS: '1000' },
    });
    cleanup.defer(() => server.process.stop());
    return server;
  };
  let server = await start();
  const api: Send = (...request) => createApi(server.url)(...request);
  const admin = await signIn(api, 'admin', ADMIN_PASSWORD);
  const asset = { asset_id: ASSET_ID, symbol: ASSET_ID, name: ASSET_ID, current_price: HIGH };
  expectStatus(await admin.send('POST', '/inventory/assets', { body: asset }), 201);
  return {
    dataDir,
    api,
    price: async (price: string) =>
      expectStatus(await admin.send('PUT', `/inventory/assets/${ASSET_ID}/price`, { body: { price } }), 200),
    kill: () => server.process.stop('SIGKILL'),
    stop: () => server.process.stop('SIGTERM'),
    async restart() {
      server = await start();
    },
  };
}

type Platform = Awaited<ReturnType<typeof createPlatform>>;

async function place(account: Account, body: Readonly<Record<string, string>>): Promise<OrderId> {
  const answer = await account.send('POST', '/orders', { body: { asset_id: ASSET_ID, ...body } });
  return expectStatus(answer, 201).json<{ data: OrderDocument }>().data.order_id;
}

/** Signs up a user with cash and units, as soon as there is a price. */
async function createTrader(api: Send): Promise<Account> {
  const account = await signUp(api, { username: freshName('faller'), cash: '1000000.00' });
  const body = { asset_id: ASSET_ID, order_type: 'market_buy', quantity: '3000' };
  await expect.poll(async () => (await account.send('POST', '/orders', { body })).status, WITHIN).toBe(201);
  return account;
}

async function placeAll(accounts: readonly Account[]): Promise<void> {
  await Promise.all(
    accounts.map(async (account) => {
      for (let i = 0; i < ORDERS_PER_KIND; i++) {
        for (const kind of KINDS) await place(account, { quantity: '1', ...kind });
      }
    }),
  );
}

/**
 * Runs `moveThePrice` and then `kill` as soon as an order is executed. Reads the store itself: over HTTP, the answer
 * would come after all orders are executed.
 */
async function killOnceExecuted(
  { dataDir, kill }: Pick<Platform, 'dataDir' | 'kill'>,
  orderId: OrderId,
  moveThePrice: () => Promise<unknown>,
): Promise<void> {
  await readStored(dataDir, async (store) => {
    const orders = createOrderDao(store);
    await moveThePrice();
    while ((await orders.getOrder(orderId))?.status !== 'completed') await setImmediate();
    await kill();
  });
}

async function countQueued(accounts: readonly Account[]): Promise<number> {
  const pages = await Promise.all(accounts.map(({ send }) => send('GET', '/orders?status=queued&limit=100')));
  return pages.reduce((sum, page) => sum + page.json<{ data: unknown[] }>().data.length, 0);
}

async function storedOrders(dataDir: string): Promise<OrderDocument[]> {
  return readStored(dataDir, async (store) => {
    const orders: OrderDocument[] = [];
    for await (const item of store.scan('orders')) {
      if (item.key.sk === 'ORDER') orders.push(orderDocumentRecord.parse(item));
    }
    return orders;
  });
}

it(
  'every order that a price triggers is executed once, however often the server is killed meanwhile',
  async () => {
    const platform = await createPlatform();
    const { api, dataDir } = platform;
    const accounts = await Promise.all(Array.from({ length: USERS }, () => createTrader(api)));
    const perRound = USERS * ORDERS_PER_KIND * KINDS.length + 1;
    let interrupted = 0;
    let round = 0;

    while (round < KILLS || (interrupted === 0 && round < MAX_KILLS)) {
      round += 1;
      const early = await place(accounts[0]!, { quantity: '1', ...KINDS[0] });
      await placeAll(accounts);
      // Every other kill comes right after the first execution, while the others are under way.
      if (round % 2 === 0) await killOnceExecuted(platform, early, () => platform.price(LOW));
      else {
        await platform.price(LOW);
        await wait(Math.random() * KILLED_AFTER_MAX_MILLISECONDS);
        await platform.kill();
      }
      await readStored(dataDir, expectSound);
      const executed = (await storedOrders(dataDir)).filter(
        ({ status, accepted_quote }) => accepted_quote && status === 'completed',
      ).length;
      const thisRound = executed - (round - 1) * perRound;
      if (thisRound > 0 && thisRound < perRound) interrupted += 1;

      await platform.restart();
      await platform.price(LOW);
      await expect.poll(() => countQueued(accounts), WITHIN).toBe(0);
      // The orders of the next round are open again until the price falls.
      await platform.price(HIGH);
    }
    await platform.stop();

    const triggered = (await storedOrders(dataDir)).filter(({ accepted_quote }) => accepted_quote);
    expect(triggered).toHaveLength(round * perRound);
    expect(new Set(triggered.map(({ status }) => status))).toEqual(new Set(['completed']));
    expect(new Set(triggered.map(({ executed_price }) => executed_price))).toEqual(new Set([LOW]));
    await readStored(dataDir, expectSound);
    expect(interrupted).toBeGreaterThan(0);
    process.stdout.write(
      `  ${round} kills, ${triggered.length} orders, ${interrupted} kills while they were executed\n`,
    );
  },
  TIMEOUT_MILLISECONDS,
);

it(
  'a trailing stop keeps its peak over a kill, to the cent',
  async () => {
    const platform = await createPlatform();
    const { api, dataDir } = platform;
    const account = await createTrader(api);
    await place(account, { order_type: 'trailing_stop', trail_amount: '100', quantity: '1' });
    await platform.price('323.45');
    const peaks = () => readStored(dataDir, (store) => createPricePeakDao(store).getPeaks(ASSET_ID));
    await expect.poll(async () => (await peaks()).map(({ bid }) => Number(bid)), WITHIN).toEqual([323.45]);
    await platform.price('230.00');
    await platform.kill();

    await platform.restart();
    await platform.price('223.46');
    // Long enough for several ticks of the feed to be acted on.
    await wait(2_500);
    expect(await countQueued([account])).toBe(1);
    await platform.price('223.45');
    await expect.poll(() => countQueued([account]), WITHIN).toBe(0);
    await platform.stop();
    const [order] = (await storedOrders(dataDir)).filter(({ order_type }) => order_type === 'trailing_stop');
    expect(order).toMatchObject({ status: 'completed', trigger_price: '223.45', executed_price: '223.45' });
    await readStored(dataDir, expectSound);
  },
  TIMEOUT_MILLISECONDS,
);
