import { createPasswordManager } from '@cnop/common/auth/password-manager';
import type { AssetId, IsoTime, Price } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { Clock } from '@cnop/common/core/clock';
import { createAirdropDao } from '@cnop/common/dao/asset/airdrop-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { orderRecord } from '@cnop/common/dao/order/order-dao';
import { createDueWorkDao } from '@cnop/common/dao/schedule/due-work-dao';
import { stakingRateRecord } from '@cnop/common/dao/staking/staking-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import { writeTargetAllocation } from '@cnop/common/dao/user/target-allocation-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { orderOf } from '@cnop/common/entities/order/order-codec';
import { buildOrderServiceApp } from '@cnop/order-service/app';
import { recurringBuyDependencies } from '@cnop/order-service/recurring-buys/use-cases/manage-recurring-buys';
import { runRecurringBuy } from '@cnop/order-service/recurring-buys/use-cases/run-recurring-buy';
import { createOrderDependencies } from '@cnop/order-service/use-cases/dependencies';
import {
  anAssetId,
  anEventId,
  anOrderId,
  aPrice,
  aTime,
  aUsd,
  aUsername,
} from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { anOrderDocument } from '@cnop/testing/builders/order';
import { BUILT_PASSWORD } from '@cnop/testing/builders/user';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { postAirdrop } from '@cnop/user-service/airdrops/use-cases/post-airdrop';
import { buildUserServiceApp } from '@cnop/user-service/app';
import { postReward, rewardWork } from '@cnop/user-service/staking/use-cases/accrue-rewards';
import { z } from 'zod';
import { candleWrites } from './candles.ts';
import { bookEmptyAccount } from './house-book.ts';
import { orderData } from './journal-entries.ts';
import { openOrderWrites } from './open-orders.ts';
import { leavePayments, PAYER } from './payments.ts';

const BOB = aUsername('bob');

const TEST_BCRYPT_COST = 4;
/** The prices of the test are published once. */
const MAX_QUOTE_AGE_SECONDS = 3_600;
/** The id of an open limit buy of bob, which holds cash. */
export const OPEN_ORDER_ID = anOrderId('01990000-0000-7000-8000-0000000000aa');
const OPEN_ORDER_HOLD = aUsd('100.00');
const KATE_RATE_SET_AT = '2025-12-31T12:00:00.000Z';
/** The time of the audit: later than all changes, on the same day. */
const AUDITED_AT = '2026-01-15T15:00:00.000Z';

interface Call {
  readonly method?: 'POST' | 'PUT';
  readonly url: string;
  readonly body: object;
  readonly as?: string;
  readonly key?: string;
}

/**
 * Creates a store that the real services have written: two customers who deposit, withdraw, buy and sell, an
 * administrator who adjusts a balance, transfers, refunds, conversions, payments, and failed sign-ins. Open orders, triggered orders and candles are added by hand.
 */
export async function createSoundStore(): Promise<{
  readonly store: TableStore;
  readonly clock: Clock;
  dispose(): Promise<void>;
}> {
  const clock = createFakeClock();
  const runtime = await createTestRuntime({ clock });
  const { store } = runtime;
  const passwords = createPasswordManager({ cost: TEST_BCRYPT_COST });
  const publicKeys = runtime.signingKeys.publicKeys;
  const users = await buildUserServiceApp({
    ...runtime,
    passwords,
    publicKeys,
    maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS,
  });
  const orders = await buildOrderServiceApp({ ...runtime, maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS });
  const tokens = new Map<string, string>();

  async function post({ method = 'POST', url, body, as, key }: Call): Promise<Record<string, unknown>> {
    clock.advanceMilliseconds(1_500);
    const response = await (/^\/(?:admin\/)?(?:orders|recurring-buys)/.test(url) ? orders : users).inject({
      method,
      url,
      headers: {
        'content-type': 'application/json',
        ...(as !== undefined && { authorization: `Bearer ${tokens.get(as) ?? ''}` }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      payload: JSON.stringify(body),
    });
    if (response.statusCode >= 300)
      throw new Error(`${url} answered ${response.statusCode}: ${response.body}`);
    return response.json<Record<string, unknown>>();
  }

  async function signUp(username: string): Promise<void> {
    const names = { first_name: 'A', last_name: 'B' };
    await post({
      url: '/auth/register',
      body: { username, email: `${username}@example.com`, password: BUILT_PASSWORD, ...names },
    });
  }

  async function logIn(username: string): Promise<void> {
    const { access_token } = await post({ url: '/auth/login', body: { username, password: BUILT_PASSWORD } });
    tokens.set(username, String(access_token));
  }

  const trade = async (
    as: string,
    [order_type, asset_id, quantity]: readonly [string, string, string],
    key?: string,
  ) =>
    post({ url: '/orders', as, body: { order_type, asset_id, quantity }, ...(key !== undefined && { key }) });

  /** Refunds an order: grace proposes it, karl approves. */
  async function refund(placed: Record<string, unknown>, body: object = {}): Promise<void> {
    const url = `/admin/orders/${dataOf(placed, 'order_id')}/refund`;
    const proposed = await post({ url, as: 'grace', body: { reason: 'a wrong price', ...body } });
    const proposal_id = dataOf(proposed, 'proposal_id');
    await post({ url: `${url}/approve`, as: 'karl', body: { proposal_id }, key: `approve-${proposal_id}` });
  }

  /** Buys and stakes 100 ADA two days before, at a rate of a percent for each ten days, and takes 30 out again. */
  async function stakeEarlier(): Promise<void> {
    const [began, ada, username] = [clock.now(), anAssetId('ADA'), aUsername('kate')];
    clock.set('2026-01-13T10:00:00.000Z');
    const last_price_update = isoTime(clock.now());
    const asset = anAsset({ asset_id: 'ADA', current_price: '0.50', last_price_update });
    await createAssetDao(store).createAsset(asset);
    const rate = { asset_id: ada, rate_percent: '36.5', cooldown_days: 3, set_by: aUsername('grace') };
    const write = stakingRateRecord.create({
      ...rate,
      from_day: '2026-01-01',
      set_at: aTime(KATE_RATE_SET_AT),
    });
    await store.transact({}, () => ({ writes: [write], result: undefined }));
    runtime.quotes.publish([quoteAt(ada, aPrice('0.50'), isoTime(clock.now()))]);
    await signUp(username);
    await logIn(username);
    await post({ url: '/balance/deposit', as: username, body: { amount: '50' } });
    await trade(username, ['market_buy', 'ADA', '100']);
    await post({ url: '/staking/stake', as: username, body: { asset_id: 'ADA', quantity: '100' } });
    const deps = { ...runtime, assets: createAssetDao(store) };
    for (const day of ['2026-01-13', '2026-01-14']) {
      const work = rewardWork({ username, assetId: ada }, day);
      clock.set(new Date(Date.parse(work.due_at) + 2_000));
      await postReward(deps, work);
    }
    clock.set('2026-01-15T09:00:00.000Z');
    await logIn(username);
    await post({ url: '/staking/unstake', as: username, body: { asset_id: 'ADA', quantity: '30' } });
    clock.set(began);
  }

  /** Buys BTC for 25 USD a week for olga: once at the start, the next time later. */
  async function buyRegularly(): Promise<void> {
    await signUp('olga');
    await logIn('olga');
    await post({ url: '/balance/deposit', as: 'olga', body: { amount: '100' } });
    const body = { asset_id: 'BTC', amount: '25', every: 'week' };
    await post({ url: '/recurring-buys', as: 'olga', body });
    const at = isoTime(clock.now());
    const { items } = await createDueWorkDao(store).getDue('recurring_buy', { at, limit: 1 });
    const parts = { ...runtime, maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS };
    const deps = recurringBuyDependencies(createOrderDependencies(parts));
    for (const work of items) await runRecurringBuy(deps, work);
  }

  /** Gives 2 DOGE to each recipient, of whom judy is suspended before it is posted. */
  async function airdrop(usernames: readonly string[]): Promise<void> {
    const recipients = usernames.map((username) => ({ username, quantity: '2' }));
    const body = { asset_id: 'DOGE', reason: 'a gift', recipients };
    await post({ url: '/admin/airdrops', as: 'grace', body, key: 'airdrop-1' });
    const users = createUserDao(store);
    await users.updateUser(aUsername('judy'), { status: 'suspended' });
    const at = isoTime(clock.now());
    const { items } = await createDueWorkDao(store).getDue('airdrop', { at, limit: 1 });
    const parts = { ...runtime, assets, airdrops: createAirdropDao(store) };
    for (const work of items) await postAirdrop(parts, work);
    await users.updateUser(aUsername('judy'), { status: 'active' });
  }

  const assets = createAssetDao(store);
  await assets.createAsset(anAsset({ asset_id: 'BTC', current_price: '50000.00' }));
  await assets.createAsset(
    anAsset({ asset_id: 'DOGE', current_price: '0.123456', price_scale: 6, quantity_scale: 4 }),
  );

  // Converted at their stored prices: a euro at 1.09 and 1.11, a yen at 0.0064935 and 0.0065065.
  const currency = { category: 'currency', spread_bps: 20 } as const;
  await assets.createAsset(
    anAsset({ asset_id: 'EUR', current_price: '1.1', quantity_scale: 2, ...currency }),
  );
  await assets.createAsset(
    anAsset({ asset_id: 'JPY', current_price: '0.0065', price_scale: 8, quantity_scale: 0, ...currency }),
  );
  await stakeEarlier();

  runtime.quotes.publish([
    quoteAt(anAssetId('BTC'), aPrice('50000.00'), isoTime(clock.now())),
    quoteAt(anAssetId('DOGE'), aPrice('0.123456'), isoTime(clock.now())),
  ]);

  for (const username of ['alice', BOB, 'grace', 'heidi', 'ivan', 'judy', 'karl', 'laura'].map(aUsername)) {
    await signUp(username);
    if (username === 'grace' || username === 'karl')
      await createUserDao(store).updateUser(username, { role: 'admin' });
    await logIn(username);
  }
  await expectRefusal(post({ url: '/auth/login', body: { username: 'bob', password: 'Wrong-Password-1' } }));
  await expectRefusal(
    post({ url: '/auth/login', body: { username: 'unknown', password: 'Wrong-Password-1' } }),
  );

  await post({ url: '/balance/deposit', as: 'alice', body: { amount: '10000' }, key: 'deposit-1' });
  await post({ url: '/balance/deposit', as: 'alice', body: { amount: '500.25' } });
  await post({ url: '/balance/withdraw', as: 'alice', body: { amount: '100' }, key: 'withdraw-1' });
  await trade('alice', ['market_buy', 'BTC', '0.1'], 'buy-1');
  await trade('alice', ['market_buy', 'DOGE', '1000.5']);
  await trade('alice', ['market_sell', 'DOGE', '500.25']);
  await trade('alice', ['market_sell', 'BTC', '0.1']);
  const adjustment = { amount: '5', description: 'goodwill' };
  await post({ url: '/admin/users/alice/adjustments', as: 'grace', body: adjustment, key: 'adjust-1' });
  await post({ url: '/balance/deposit', as: 'bob', body: { amount: '1000' } });
  await trade('bob', ['market_buy', 'BTC', '0.01']);
  await post({ url: '/balance/deposit', as: 'ivan', body: { amount: '50' } });
  await post({ url: '/transfers', as: 'ivan', body: { to: 'heidi', amount: '20' }, key: 'transfer-1' });
  await post({ url: '/transfers', as: 'heidi', body: { to: 'ivan', amount: '5' } });
  await post({ url: '/balance/deposit', as: 'judy', body: { amount: '1000' } });
  await refund(await trade('judy', ['market_buy', 'DOGE', '1000']), { quantity: '400' });
  await refund(await trade('judy', ['market_sell', 'DOGE', '100.5']));
  await trade('heidi', ['market_buy', 'DOGE', '100']);
  await post({
    url: '/transfers/units',
    as: 'heidi',
    body: { to: 'ivan', asset_id: 'DOGE', quantity: '40.5' },
  });
  await post({ method: 'PUT', url: '/tax/2026/method', as: 'heidi', body: { method: 'fifo' } });
  await post({
    url: '/balance/deposit',
    as: 'laura',
    body: { amount: '100', currency: 'EUR' },
    key: 'deposit-eur',
  });
  await post({ url: '/conversions', as: 'laura', body: { from: 'EUR', to: 'USD', amount: '40' } });
  await post({ url: '/conversions', as: 'laura', body: { from: 'EUR', to: 'JPY', amount: '30' } });
  await post({ url: '/balance/withdraw', as: 'laura', body: { amount: '5.5', currency: 'EUR' } });
  await buyRegularly();
  await signUp(PAYER);
  await leavePayments(runtime);
  await airdrop(['heidi', 'ivan', 'judy']);
  await leaveOpenOrder(store);
  await bookEmptyAccount(store, aUsername('grace'));
  const username = aUsername('ivan');
  const target = { username, cash: '10', assets: [{ asset_id: anAssetId('BTC'), percentage: '90' }] };
  await writeTargetAllocation(store, username, { ...target, updated_at: isoTime(clock.now()) });
  for (const writes of [openOrderWrites(), candleWrites()]) {
    await store.transact({}, () => ({ writes, result: undefined }));
  }
  clock.set(AUDITED_AT);

  return {
    store,
    clock,
    async dispose() {
      await Promise.all([users.close(), orders.close()]);
      await passwords.close();
      await runtime.dispose();
    },
  };
}

/** Returns a text of the data of an answer. */
function dataOf({ data }: Record<string, unknown>, name: string): string {
  const value = z.record(z.string(), z.unknown()).parse(data)[name];
  return z.string().parse(value);
}

/** A quote without a spread. */
function quoteAt(asset_id: AssetId, price: Price, at: IsoTime): Quote {
  return { asset_id, bid: price, mid: price, ask: price, at, source: 'manual', seq: 1 };
}

async function leaveOpenOrder(store: TableStore): Promise<void> {
  const at = aTime('2026-01-15T13:00:00.000Z');
  const order = anOrderDocument({
    order_id: OPEN_ORDER_ID,
    username: BOB,
    order_type: 'limit_buy',
    status: 'queued',
    quantity: '0.0025',
    price: '40000',
    total_amount: OPEN_ORDER_HOLD,
    held_amount: OPEN_ORDER_HOLD,
    accepted_quote: quoteAt(anAssetId('BTC'), aPrice('50000.00'), at),
    expires_at: aTime('2026-02-14T13:00:00.000Z'),
    created_at: at,
    updated_at: at,
    history: (['pending', 'confirmed', 'queued'] as const).map((status) => ({ status, at, reason: null })),
  });
  await store.transact({ balance: balanceRecord.key({ username: BOB }) }, ({ balance: item }) => {
    if (!item) throw new Error('bob has no balance');
    const { event_seq, ...before } = balanceRecord.read(item);
    const changes = { held_balance: OPEN_ORDER_HOLD, open_order_count: 1, updated_at: at };
    const balance = { ...before, ...changes, event_seq: event_seq + 1 };
    const event = liveEventRecord.create({
      seq: balance.event_seq,
      id: anEventId('event-of-the-open-order'),
      type: 'order.queued',
      occurred_at: at,
      username: BOB,
      data: {
        order: orderData(order),
        balance: { current_balance: before.current_balance, held_balance: OPEN_ORDER_HOLD },
      },
    });
    return {
      writes: [orderRecord.create(orderOf(order)), balanceRecord.replace(balance), event],
      result: undefined,
    };
  });
}

async function expectRefusal(call: Promise<unknown>): Promise<void> {
  const wasRefused = await call.then(
    () => false,
    () => true,
  );
  if (!wasRefused) throw new Error('a wrong password was accepted');
}
