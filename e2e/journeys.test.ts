import { setTimeout as wait } from 'node:timers/promises';
import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import type { Account, Send } from '@cnop/testing/system/api-client';
import { freshName, PASSWORD, registration, signIn } from '@cnop/testing/system/api-client';
import type { Cleanup } from '@cnop/testing/system/cleanup';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Platform } from './support/platform.ts';
import { startOneProcess, startOverDynamoDb, startOverLmdb } from './support/platform.ts';
import { expectCreated, sendWithRetries, signUpWithRetries, withRetries } from './support/retrying-client.ts';

const NEW_PASSWORD = 'Whole-System-Test-2';
/** A process may accept a session for this long after another process ended it. */
const SESSION_MAX_AGE_MILLISECONDS = 1_000;
/** Until every process has read the price of a new asset, with room for a slow machine. */
const PRICES_ARE_EVERYWHERE_AFTER_MILLISECONDS = 1_500;
/** A market price that only an administrator moves. */
const PRICE = '200.50';

interface Order {
  readonly order_id: string;
  readonly status: string;
  readonly total_amount: string;
  readonly history: readonly { readonly status: string }[];
}

interface LedgerEntry {
  readonly transaction_type: string;
  readonly direction: string;
  readonly amount: string;
  readonly previous_balance: string;
  readonly new_balance: string;
  readonly reference_id: string | null;
}

/** The journeys of users from end to end, the same in each shape of the platform behind the gateway. */
function describeJourneys(start: (cleanup: Cleanup) => Promise<Platform>): void {
  const cleanup = createCleanup();
  let platform: Platform;
  let api: Send;
  let admin: Account;
  /** An asset of this suite alone. */
  const assetId = 'E2E';

  beforeAll(async () => {
    platform = await start(cleanup);
    api = withRetries(platform.api);
    admin = await signIn(api, 'admin', ADMIN_PASSWORD);
    const asset = { asset_id: assetId, symbol: assetId, name: 'Whole System', current_price: PRICE };
    expectCreated(await sendWithRetries(admin.send, 'POST', '/inventory/assets', { body: asset }));
    await wait(PRICES_ARE_EVERYWHERE_AFTER_MILLISECONDS);
  });

  afterAll(() => cleanup.run());

  const order = (account: Account, body: Record<string, unknown>, key?: string) =>
    account.send('POST', '/orders', { body: { asset_id: assetId, ...body }, ...(key && { key }) });

  const cashOf = async (account: Account) =>
    (await account.send('GET', '/balance')).json<{ current_balance: string }>().current_balance;

  /** Expects 401 at once in the process that ended the session, and within the promised time in every other one. */
  const expectSignedOut = async (account: Account) => {
    expect((await account.send('GET', '/balance')).status).toBe(401);
    await expect
      .poll(async () => (await account.send('GET', '/orders')).status, {
        timeout: SESSION_MAX_AGE_MILLISECONDS + 500,
      })
      .toBe(401);
  };

  it('a user signs up, signs in and reads their own profile', async () => {
    const username = freshName('Ada');
    const answer = await api('POST', '/auth/register', { body: registration(username) });
    expect(answer.status).toBe(201);
    expect(answer.json()).toMatchObject({
      message: 'User registered successfully',
      user: { username: username.toLowerCase(), role: 'customer', status: 'active' },
    });
    expect(answer.text).not.toContain('password');

    const account = await signIn(api, username);
    const profile = await account.send('GET', '/auth/profile');
    expect(profile.json()).toMatchObject({
      username: username.toLowerCase(),
      email: `${username.toLowerCase()}@example.com`,
    });
    expect(await cashOf(account)).toBe('0.00');

    const again = await api('POST', '/auth/register', { body: registration(username) });
    expect(again.status).toBe(409);
    expect(again.json()).toMatchObject({ code: 'RES_002' });
  });

  it('a deposit, two trades and a withdrawal agree in balance, portfolio and history', async () => {
    const account = await signUpWithRetries(api, { cash: '1000.00' });
    const buy = await order(account, { order_type: 'market_buy', quantity: '2' });
    expect(buy.status).toBe(201);
    const sell = await order(account, { order_type: 'market_sell', quantity: '0.5' });
    expect(sell.status).toBe(201);
    const withdrawal = await account.send('POST', '/balance/withdraw', { body: { amount: '99.25' } });
    expect(withdrawal.status).toBe(201);

    // 1000 - 2 x 200.50 + 0.5 x 200.50 - 99.25
    const balance = (await account.send('GET', '/balance')).json();
    expect(balance).toMatchObject({
      current_balance: '600.00',
      available_balance: '600.00',
      held_balance: '0.00',
      total_deposits: '1000.00',
      total_withdrawals: '99.25',
      total_orders: '401.00',
    });
    const portfolio = (await account.send('GET', '/portfolio')).json();
    expect(portfolio).toMatchObject({
      usd_balance: '600.00',
      total_asset_value: '300.75',
      total_portfolio_value: '900.75',
      asset_count: 1,
      assets: [{ asset_id: assetId, quantity: '1.5', total_invested: '300.75', unrealized_pnl: '0.00' }],
    });
    expect((await account.send('GET', `/balance/asset/${assetId}`)).json()).toMatchObject({
      quantity: '1.5',
      current_price: 200.5,
    });
    const trades = await account.send('GET', `/assets/${assetId}/transactions`);
    expect(trades.json<{ data: unknown[] }>().data).toMatchObject([
      { transaction_type: 'sell', quantity: '0.5', total_amount: '100.25' },
      { transaction_type: 'buy', quantity: '2', total_amount: '401.00' },
    ]);
  });

  it('the ledger lists every movement of cash, newest first, page by page', async () => {
    const account = await signUpWithRetries(api, { cash: '500.00' });
    const bought = (await order(account, { order_type: 'market_buy', quantity: '1' })).json<{
      data: Order;
    }>();
    await account.send('POST', '/balance/withdraw', { body: { amount: '0.50' } });

    const entries: LedgerEntry[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const path: string = `/balance/transactions?limit=1${cursor && `&cursor=${cursor}`}`;
      const page = (await account.send('GET', path)).json<{
        transactions: LedgerEntry[];
        total_count: number;
        next_cursor: string | null;
      }>();
      expect(page.total_count).toBe(3);
      entries.push(...page.transactions);
      cursor = page.next_cursor;
    }
    expect(entries).toMatchObject([
      { transaction_type: 'withdraw', direction: 'debit', amount: '0.50', new_balance: '299.00' },
      {
        transaction_type: 'order_payment',
        direction: 'debit',
        amount: '200.50',
        previous_balance: '500.00',
        reference_id: bought.data.order_id,
      },
      { transaction_type: 'deposit', direction: 'credit', amount: '500.00', previous_balance: '0.00' },
    ]);
  });

  it('an order can be read by its owner alone, is listed, and cannot be cancelled once it is done', async () => {
    const [account, stranger] = await Promise.all([
      signUpWithRetries(api, { cash: '500.00' }),
      signUpWithRetries(api),
    ]);
    const placed = (await order(account, { order_type: 'market_buy', quantity: '1' })).json<{
      data: Order;
    }>();
    const path = `/orders/${placed.data.order_id}`;
    expect((await account.send('GET', path)).json()).toEqual(placed);
    expect(placed.data.history.map(({ status }) => status)).toEqual([
      'pending',
      'confirmed',
      'processing',
      'completed',
    ]);
    expect((await account.send('GET', '/orders?limit=5')).json<{ data: Order[] }>().data).toEqual([
      placed.data,
    ]);
    expect((await stranger.send('GET', path)).status).toBe(404);
    expect((await stranger.send('GET', '/orders')).json<{ data: Order[] }>().data).toEqual([]);

    for (const [method, url] of [
      ['POST', `${path}/cancel`],
      ['DELETE', path],
    ] as const) {
      const refusal = await account.send(method, url);
      expect(refusal.status).toBe(409);
      expect(refusal.json()).toMatchObject({ code: 'RES_003' });
      expect((await stranger.send(method, url)).status).toBe(404);
    }
    expect((await account.send('GET', path)).json()).toEqual(placed);
  });

  it('a retry with the same key gets the first answer, byte by byte, and has no effect', async () => {
    const account = await signUpWithRetries(api, { cash: '500.00' });
    const body = { order_type: 'market_buy', quantity: '1' };
    const command = { token: account.token, body: { asset_id: assetId, ...body }, key: 'one-intent' };
    const { answer: first, hasLostAnswer } = await sendWithRetries(platform.api, 'POST', '/orders', command);
    const second = await order(account, body, 'one-intent');
    expect(second.status).toBe(201);
    expect(second.text).toBe(first.text);
    expect(first.headers.get('idempotency-replayed')).toBe(hasLostAnswer ? 'true' : null);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect((await order(account, { ...body, quantity: '2' }, 'one-intent')).status).toBe(422);
    expect(await cashOf(account)).toBe('299.50');
    expect((await account.send('GET', '/orders')).json<{ data: Order[] }>().data).toHaveLength(1);
  });

  it('an order or withdrawal beyond the available amount is refused with both amounts, and nothing changes', async () => {
    const account = await signUpWithRetries(api, { cash: '100.00' });
    const refusals = [
      await order(account, { order_type: 'market_buy', quantity: '1' }),
      await account.send('POST', '/balance/withdraw', { body: { amount: '100.01' } }),
      await order(account, { order_type: 'market_sell', quantity: '0.1' }),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([422, 422, 422]);
    expect(refusals.map((answer) => answer.json())).toMatchObject([
      { code: 'BUS_001', available: '100.00', required: '200.50' },
      { code: 'BUS_001', available: '100.00', required: '100.01' },
      { code: 'BUS_001', available: '0', required: '0.1' },
    ]);
    expect(await cashOf(account)).toBe('100.00');
    expect((await account.send('GET', '/balance/transactions')).json()).toMatchObject({ total_count: 1 });
  });

  it('a refresh renews the tokens once, and again for a lost answer; a later reuse ends the session', async () => {
    const account = await signUpWithRetries(api);
    const refresh = (token: string) => api('POST', '/auth/refresh', { body: { refresh_token: token } });
    const renewed = await refresh(account.refreshToken);
    expect(renewed.status).toBe(200);
    const { access_token: token } = renewed.json<{ access_token: string }>();
    expect((await api('GET', '/balance', { token })).status).toBe(200);
    const again = await refresh(account.refreshToken);
    const { refresh_token: successor } = renewed.json<{ refresh_token: string }>();
    expect(again.json<{ refresh_token: string }>().refresh_token).toBe(successor);
    expect((await refresh(successor)).status).toBe(200);
    expect((await refresh(account.refreshToken)).status).toBe(401);
    await expectSignedOut({ ...account, send: (method, path) => api(method, path, { token }) });
  });

  it('a new password ends the other sessions and is the only one that signs in', async () => {
    const account = await signUpWithRetries(api);
    const elsewhere = await signIn(api, account.username);
    const changed = await account.send('POST', '/auth/password', {
      body: { current_password: PASSWORD, new_password: NEW_PASSWORD },
    });
    expect(changed.status).toBe(200);
    await expectSignedOut(elsewhere);
    expect((await account.send('GET', '/balance')).status).toBe(200);
    const refresh = (token: string) => api('POST', '/auth/refresh', { body: { refresh_token: token } });
    expect((await refresh(account.refreshToken)).status).toBe(401);
    expect((await refresh(changed.json<{ refresh_token: string }>().refresh_token)).status).toBe(200);
    const body = { username: account.username, password: PASSWORD };
    expect((await api('POST', '/auth/login', { body })).status).toBe(401);
    await signIn(api, account.username, NEW_PASSWORD);
  });

  it('signing out ends the access token and the refresh token', async () => {
    const account = await signUpWithRetries(api);
    expect((await account.send('GET', '/orders')).status).toBe(200);
    const answer = await account.send('POST', '/auth/logout');
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ message: 'Logged out successfully' });
    await expectSignedOut(account);
    const body = { refresh_token: account.refreshToken };
    expect((await api('POST', '/auth/refresh', { body })).status).toBe(401);
  });

  it('an asset that an administrator deactivates cannot be traded until it is activated again', async () => {
    const account = await signUpWithRetries(api, { cash: '500.00' });
    expect((await admin.send('POST', `/inventory/assets/${assetId}/deactivate`)).status).toBe(200);
    const refused = await order(account, { order_type: 'market_buy', quantity: '1' });
    expect(refused.status).toBe(422);
    expect(refused.json()).toMatchObject({ code: 'BUS_003' });
    expect(await cashOf(account)).toBe('500.00');
    expect((await admin.send('POST', `/inventory/assets/${assetId}/activate`)).status).toBe(200);
    expect((await order(account, { order_type: 'market_buy', quantity: '1' })).status).toBe(201);
  });

  it('an adjustment of a balance is in the ledger and in the audit log', async () => {
    const account = await signUpWithRetries(api, { cash: '10.00' });
    const path = `/admin/users/${account.username}/adjustments`;
    const body = { amount: '-2.50', description: 'charged twice' };
    expect((await account.send('POST', path, { body })).status).toBe(403);
    const adjusted = await admin.send('POST', path, { body, key: freshName('key') });
    expect(adjusted.status).toBe(201);
    expect(adjusted.json()).toMatchObject({ success: true, new_balance: '7.50' });
    const ledger = (await account.send('GET', '/balance/transactions')).json<{
      transactions: LedgerEntry[];
    }>();
    expect(ledger.transactions[0]).toMatchObject({
      transaction_type: 'system_adjustment',
      direction: 'debit',
      amount: '2.50',
      description: 'charged twice',
    });
    const events = await admin.send('GET', `/admin/audit-events?username=${account.username}`);
    const types = events.json<{ data: { event_type: string; actor: string | null }[] }>().data;
    expect(types).toContainEqual(expect.objectContaining({ event_type: 'admin_action', actor: 'admin' }));
  });

  it('a suspended user is signed out at once, cannot sign in, and the audit log records it', async () => {
    const account = await signUpWithRetries(api);
    const path = `/admin/users/${account.username}`;
    expect((await account.send('PATCH', path, { body: { role: 'admin' } })).status).toBe(403);
    const suspended = await admin.send('PATCH', path, { body: { status: 'suspended' } });
    expect(suspended.status).toBe(200);
    await expectSignedOut(account);
    const login = await api('POST', '/auth/login', {
      body: { username: account.username, password: PASSWORD },
    });
    expect([401, 403]).toContain(login.status);
    expect((await admin.send('GET', path)).json()).toMatchObject({
      data: { status: 'suspended', role: 'customer' },
    });

    const events = await admin.send('GET', `/admin/audit-events?username=${account.username}`);
    const types = events.json<{ data: { event_type: string }[] }>().data.map((event) => event.event_type);
    expect(types).toEqual(expect.arrayContaining(['sign_up', 'login', 'status_change', 'login_failure']));
  });

  it('afterwards every process exits with 0 and the audit of the store finds no violation', async () => {
    await platform.stopAndAudit();
  });
}

describe('everything in one process', () => {
  describeJourneys(startOneProcess);
});

describe('gateway and services as four processes over one folder', () => {
  describeJourneys(startOverLmdb);
});

// Two order services, since one of them learns of an ended session from the store alone.
const reason = whyNoDynamoDb();
describe.skipIf(reason !== undefined)(
  `two order services, over DynamoDB${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    describeJourneys((cleanup) => startOverDynamoDb(cleanup, { instances: { order: 2 } }));
  },
);
