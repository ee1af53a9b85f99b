import type { Account, Send } from '@cnop/testing/system/api-client';
import { freshName, signIn } from '@cnop/testing/system/api-client';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import { beforeAll, expect, it, vi } from 'vitest';
import type { Platform } from './platform.ts';
import { answersOfEveryProcess } from './platform.ts';
import { expectCreated, sendWithRetries, signUpWithRetries, withRetries } from './retrying-client.ts';

/** Every process reads the price of a new asset within a second; the rest is for a busy machine. */
const WITHIN = { timeout: 30_000 };
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

/** Registers the journeys of users through cash, orders and portfolio, which hold on every shape. */
export function describeTradingJourneys(platformOf: () => Platform): void {
  let admin: Account;
  const api = (): Send => withRetries(platformOf().api);
  /** An asset that no other test trades. */
  const assetId = 'E2E';

  beforeAll(async () => {
    admin = await signIn(api(), 'admin', ADMIN_PASSWORD);
    const asset = { asset_id: assetId, symbol: assetId, name: 'Whole System', current_price: PRICE };
    expectCreated(await sendWithRetries(admin.send, 'POST', '/inventory/assets', { body: asset }));
    const trader = await signUpWithRetries(api(), { cash: '500.00' });
    const body = { asset_id: assetId, order_type: 'market_buy', quantity: '1' };
    await vi.waitFor(async () => {
      const previews = await answersOfEveryProcess(() => trader.send('POST', '/orders/preview', { body }));
      for (const preview of previews) expect(preview.json()).toMatchObject({ data: { reasons: [] } });
    }, WITHIN);
  });

  const order = (account: Account, body: Record<string, unknown>, key?: string) =>
    account.send('POST', '/orders', { body: { asset_id: assetId, ...body }, ...(key && { key }) });

  const cashOf = async (account: Account) =>
    (await account.send('GET', '/balance')).json<{ current_balance: string }>().current_balance;

  it('a deposit, two trades and a withdrawal agree in balance, portfolio and history', async () => {
    const account = await signUpWithRetries(api(), { cash: '1000.00' });
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
    const account = await signUpWithRetries(api(), { cash: '500.00' });
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
        legs: [{ account: 'house:asset:E2E', amount: '200.5' }],
        previous_balance: '500.00',
        reference_id: bought.data.order_id,
      },
      { transaction_type: 'deposit', direction: 'credit', amount: '500.00', previous_balance: '0.00' },
    ]);
  });

  it('an order can be read by its owner alone, is listed, and cannot be cancelled once it is done', async () => {
    const [account, stranger] = await Promise.all([
      signUpWithRetries(api(), { cash: '500.00' }),
      signUpWithRetries(api()),
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
    const account = await signUpWithRetries(api(), { cash: '500.00' });
    const body = { order_type: 'market_buy', quantity: '1' };
    const command = { token: account.token, body: { asset_id: assetId, ...body }, key: 'one-intent' };
    const { answer: first, hasLostAnswer } = await sendWithRetries(
      platformOf().api,
      'POST',
      '/orders',
      command,
    );
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
    const account = await signUpWithRetries(api(), { cash: '100.00' });
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

  it('an asset that an administrator deactivates cannot be traded until it is activated again', async () => {
    const account = await signUpWithRetries(api(), { cash: '500.00' });
    expect((await admin.send('POST', `/inventory/assets/${assetId}/deactivate`)).status).toBe(200);
    const refused = await order(account, { order_type: 'market_buy', quantity: '1' });
    expect(refused.status).toBe(422);
    expect(refused.json()).toMatchObject({ code: 'BUS_003' });
    expect(await cashOf(account)).toBe('500.00');
    expect((await admin.send('POST', `/inventory/assets/${assetId}/activate`)).status).toBe(200);
    expect((await order(account, { order_type: 'market_buy', quantity: '1' })).status).toBe(201);
  });

  it('an adjustment of a balance is in the ledger and in the audit log', async () => {
    const account = await signUpWithRetries(api(), { cash: '10.00' });
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
}
