import { createPasswordManager } from '@cnop/common/auth/password-manager';
import type { Price } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { createAssetBalanceDao } from '@cnop/common/dao/asset/position-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createOrderDao } from '@cnop/common/dao/order/order-dao';
import { balanceRecord, createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import { readOrderCancellations } from '@cnop/common/dao/user/order-cancellation-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { orderCreateSchema } from '@cnop/common/entities/order/order-document';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import { buildOrderServiceApp } from '@cnop/order-service/app';
import { createTriggerEngine } from '@cnop/order-service/trigger-engine/trigger-engine';
import { createOrderDependencies } from '@cnop/order-service/use-cases/dependencies';
import { placeOrder } from '@cnop/order-service/use-cases/place-order';
import { anAssetId, aPrice, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { aUser } from '@cnop/testing/builders/user';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { buildUserServiceApp } from '@cnop/user-service/app';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyStore } from '../src/verify/audit-store.ts';

const CARLA = aUsername('carla');

const ALL = { limit: 500, offset: 0, after: undefined };
/** More orders than one commit cancels. */
const MANY = 70;
const LOW_BUY = { order_type: 'limit_buy', quantity: '0.01', price: '900' } as const;

type World = Awaited<ReturnType<typeof openWorld>>;
let world: World;

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

/** Starts the user service and the order service over one store, with an administrator and a customer with cash and 2 BTC. */
async function openWorld() {
  const clock = createFakeClock();
  const runtime = await createTestRuntime({ clock });
  let commitsLeft = Number.POSITIVE_INFINITY;
  /** Simulates a process that is killed after some commits of the user service. */
  const mortal: TableStore = {
    ...runtime.store,
    transact: async (reads, decide) => {
      if (commitsLeft <= 0) throw new Error('the process was killed');
      commitsLeft -= 1;
      return runtime.store.transact(reads, decide);
    },
  };
  const passwords = createPasswordManager({ cost: 4 });
  const publicKeys = runtime.signingKeys.publicKeys;
  const users = await buildUserServiceApp({
    ...runtime,
    store: mortal,
    passwords,
    publicKeys,
  });
  const limits = { maxQuoteAgeSeconds: 3_600 };
  const orders = await buildOrderServiceApp({ ...runtime, ...limits });
  const deps = createOrderDependencies({ ...runtime, ...limits });
  const engine = createTriggerEngine({ ...deps, log: runtime.logger });
  await createAssetDao(runtime.store).createAsset(anAsset({ asset_id: 'BTC', current_price: '1000' }));
  let seq = 0;
  const setPrice = (price: Price): void => {
    seq += 1;
    const at = isoTime(clock.now());
    runtime.quotes.publish([
      { asset_id: anAssetId('BTC'), bid: price, mid: price, ask: price, at, source: 'manual', seq },
    ]);
  };
  setPrice(aPrice('1000'));
  for (const username of [aUsername('root'), CARLA]) {
    const user = aUser({ username, role: username === 'root' ? 'admin' : 'customer' });
    const balance = balanceRecord.create(emptyBalance(username, user.created_at));
    await createUserDao(runtime.store).createUser(user, [balance]);
  }
  const admin = await runtime.signIn('root', 'admin');
  const customer = await runtime.signIn('carla');
  const post = (app: typeof users, url: string, payload: object) =>
    app.inject({ method: 'POST', url, headers: customer, payload });
  await post(users, '/balance/deposit', { amount: '5000' });
  await post(orders, '/orders', { asset_id: 'BTC', order_type: 'market_buy', quantity: '2' });

  return {
    clock,
    store: runtime.store,
    engine,
    setPrice,
    dieAfter(commits: number): void {
      commitsLeft = commits;
    },
    async order(terms: object): Promise<OrderDocument> {
      const answer = await post(orders, '/orders', { asset_id: 'BTC', ...terms });
      expect(answer.statusCode, answer.body).toBe(201);
      return answer.json<{ data: OrderDocument }>().data;
    },
    /** Places an order below the HTTP layer, without a session. */
    place: (terms: object) =>
      placeOrder(deps, {
        username: CARLA,
        role: 'customer',
        request: orderCreateSchema.parse({ asset_id: 'BTC', ...terms }),
        requestHash: '',
        intent: undefined,
      }),
    setStatus: (status: string) =>
      users.inject({ method: 'PATCH', url: '/admin/users/carla', headers: admin, payload: { status } }),
    async funds() {
      const found = (await createOrderDao(runtime.store).getOrdersByUser(CARLA, ALL)).items;
      return {
        balance: await createBalanceDao(runtime.store).getBalance(CARLA),
        holding: await createAssetBalanceDao(runtime.store).getAssetBalance(CARLA, anAssetId('BTC')),
        conditional: found.filter(({ order_type }) => order_type !== 'market_buy'),
        open: found.filter(({ status }) => status === 'queued'),
        executed: found.filter(
          ({ status, order_type }) => status === 'completed' && order_type !== 'market_buy',
        ),
        pending: (await readOrderCancellations(runtime.store, { limit: 10 })).items,
      };
    },
    async violations() {
      return (await verifyStore(runtime.store, { clock })).violations;
    },
    async close() {
      await engine.close();
      await Promise.all([users.close(), orders.close()]);
      await passwords.close();
      await runtime.dispose();
    },
  };
}

test.each(['suspended', 'inactive'])(
  'an account that becomes %s has its open orders cancelled with the reason, holds released and positions kept',
  async (status) => {
    await world.order({ ...LOW_BUY, quantity: '1' });
    await world.order({ order_type: 'stop_loss', quantity: '0.5', stop_price: '800' });
    await world.order({ order_type: 'trailing_stop', quantity: '0.5', trail_percent: '10' });
    // Only the commit of the change happens: it must contain all of this.
    world.dieAfter(1);
    await world.setStatus(status);
    const { balance, holding, conditional, pending } = await world.funds();
    expect(conditional.map((order) => order.status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    for (const { history } of conditional) expect(history.at(-1)?.reason).toBe(`the account is ${status}`);
    expect(balance).toMatchObject({ held_balance: '0.00', open_order_count: 0, trading_block: status });
    expect(holding).toMatchObject({ quantity: '2', held_quantity: '0' });
    expect(pending).toEqual([]);
    expect(await world.violations()).toEqual([]);
  },
);

test('a suspension cancels more orders than fit into one commit before it is answered', async () => {
  for (let placed = 0; placed < MANY; placed += 1) await world.order(LOW_BUY);
  const answer = await world.setStatus('suspended');
  expect(answer.statusCode, answer.body).toBe(200);
  const { balance, open, pending } = await world.funds();
  expect(open).toEqual([]);
  expect(pending).toEqual([]);
  expect(balance).toMatchObject({ held_balance: '0.00', open_order_count: 0 });
  expect(await world.violations()).toEqual([]);
});

test('a suspension that a crash interrupts executes none of its orders and resumes by itself', async () => {
  for (let placed = 0; placed < MANY; placed += 1) await world.order(LOW_BUY);
  world.dieAfter(1);
  await world.setStatus('suspended');
  const between = await world.funds();
  expect(between.open.length).toBeGreaterThan(0);
  expect(between.pending).toMatchObject([{ username: 'carla' }]);
  expect(await world.violations()).toEqual([]);

  world.engine.start();
  world.setPrice(aPrice('800'));
  await world.engine.whenIdle();
  expect((await world.funds()).executed).toEqual([]);
  await world.engine.sweep();
  const after = await world.funds();
  expect(after.open).toEqual([]);
  expect(after.pending).toEqual([]);
  expect(after.balance).toMatchObject({ held_balance: '0.00', open_order_count: 0 });
  expect(await world.violations()).toEqual([]);
});

test('an order that is placed while the account is suspended is refused, and accepted when it is active again', async () => {
  await world.setStatus('suspended');
  const orders = [LOW_BUY, { order_type: 'market_buy', quantity: '0.1' }];
  for (const order of orders) {
    await expect(world.place(order)).rejects.toMatchObject({ code: 'AUTH_002', status: 403 });
  }
  await world.setStatus('active');
  for (const order of orders) expect((await world.place(order)).outcome).toBe('placed');
  expect(await world.violations()).toEqual([]);
});

test('orders and suspension at the same moment leave no open order behind', async () => {
  const placing = Array.from({ length: 40 }, () => world.place(LOW_BUY).catch(() => undefined));
  const suspending = world.setStatus('suspended');
  await Promise.all([...placing, suspending]);
  const { balance, open } = await world.funds();
  expect(open).toEqual([]);
  expect(balance).toMatchObject({ held_balance: '0.00', open_order_count: 0 });
  expect(await world.violations()).toEqual([]);
});

test('an account that is active again has lost the orders of an interrupted suspension', async () => {
  for (let placed = 0; placed < MANY; placed += 1) await world.order(LOW_BUY);
  world.dieAfter(1);
  await world.setStatus('suspended');
  world.dieAfter(Number.POSITIVE_INFINITY);
  expect((await world.setStatus('active')).statusCode).toBe(200);
  const { balance, open, pending } = await world.funds();
  expect(open).toEqual([]);
  expect(pending).toEqual([]);
  expect(balance?.trading_block).toBeNull();
});

test('an account that an earlier version suspended loses its open orders before one executes', async () => {
  await world.order(LOW_BUY);
  const key = balanceRecord.key({ username: CARLA });
  await createUserDao(world.store).updateUser(CARLA, { status: 'suspended' });
  await world.store.transact({ balance: key }, ({ balance }) => {
    const { open_order_count: _, trading_block: __, ...attributes } = balance!.attributes;
    return { writes: [{ kind: 'replace', key, attributes }], result: undefined };
  });
  expect(await world.violations()).toEqual([]);
  world.engine.start();
  world.setPrice(aPrice('800'));
  await world.engine.whenIdle();
  const { balance, conditional } = await world.funds();
  expect(conditional.map(({ status }) => status)).toEqual(['cancelled']);
  expect(balance).toMatchObject({ trading_block: 'suspended', open_order_count: 0, held_balance: '0.00' });
  expect(await world.violations()).toEqual([]);
});
