import { randomUUID } from 'node:crypto';
import { ROUTE_TABLE } from '@cnop/gateway/route-table';
import type { Account, Send } from '@cnop/testing/system/api-client';
import { expectStatus, PASSWORD, removeSpreads, signIn, signUp } from '@cnop/testing/system/api-client';
import type { Answer } from '@cnop/testing/system/raw-request';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import { expect, vi } from 'vitest';

const ASSET = 'TOUR';
const DELISTED = 'TOUR2';
/** For a busy machine. */
const WITHIN = { timeout: 60_000, interval: 200 };
/** Routes that end the session of the caller; `endSessions` calls them. */
const ENDING = new Set(['/auth/logout', '/auth/sessions', '/auth/password', '/auth/refresh', '/stream']);

interface Order {
  readonly order_id: string;
  readonly status: string;
}

/** Uses every part of the API once: each read, each kind of order and of its end, each change of an account or an asset. */
export async function tourApi(api: Send): Promise<void> {
  const admin = await signIn(api, 'admin', ADMIN_PASSWORD);
  for (const asset_id of [ASSET, DELISTED]) {
    const body = { asset_id, symbol: asset_id, name: asset_id, current_price: '100' };
    expectStatus(await admin.send('POST', '/inventory/assets', { body }), 201);
  }
  await removeSpreads(admin);
  const user = await signUp(api, { cash: '100000.00' });
  await place(user, { order_type: 'market_buy', quantity: '10' });
  await endOrdersInEveryWay(admin, user);
  await readEverything(admin, user);
  await administer(admin, user);
  await endSessions(api, user);
}

async function setPrice(admin: Account, price: string): Promise<void> {
  expectStatus(await admin.send('PUT', `/inventory/assets/${ASSET}/price`, { body: { price } }), 200);
}

/** Places an order, again while there is no current price. */
async function place(user: Account, body: Readonly<Record<string, string>>): Promise<string> {
  const options = { body: { asset_id: ASSET, quantity: '1', ...body }, key: randomUUID() };
  return vi.waitFor(async () => {
    const answer = await user.send('POST', '/orders', options);
    return expectStatus(answer, 201).json<{ data: Order }>().data.order_id;
  }, WITHIN);
}

/** Waits until an order has a status. */
async function until(user: Account, orderId: string, status: string): Promise<void> {
  await vi.waitFor(async () => {
    const answer = await user.send('GET', `/orders/${orderId}`);
    expect(answer.json<{ data: Order }>().data.status).toBe(status);
  }, WITHIN);
}

async function endOrdersInEveryWay(admin: Account, user: Account): Promise<void> {
  await place(user, { order_type: 'market_sell' });
  const cancelled = await place(user, { order_type: 'limit_buy', price: '50' });
  expectStatus(await user.send('DELETE', `/orders/${cancelled}`), 200);
  const bought = await place(user, { order_type: 'limit_buy', price: '95' });
  const sold = await place(user, { order_type: 'limit_sell', price: '105' });
  const stopped = await place(user, { order_type: 'stop_loss', stop_price: '92' });
  const trailing = await place(user, { order_type: 'trailing_stop', trail_percent: '5' });
  const expiresAt = new Date(Date.now() + 3_000).toISOString();
  const expiring = await place(user, { order_type: 'limit_buy', price: '40', expires_at: expiresAt });
  await setPrice(admin, '110');
  await until(user, sold, 'completed');
  await setPrice(admin, '90');
  for (const orderId of [bought, stopped, trailing]) await until(user, orderId, 'completed');
  await until(user, expiring, 'expired');
}

async function readEverything(admin: Account, user: Account): Promise<void> {
  const { data } = (await user.send('GET', '/orders')).json<{ data: readonly Order[] }>();
  const ids: Readonly<Record<string, string>> = {
    asset_id: ASSET,
    username: user.username,
    id: data[0]?.order_id ?? '',
    year: new Date().toISOString().slice(0, 4),
    month: new Date().toISOString().slice(0, 7),
  };
  for (const { method, path } of ROUTE_TABLE) {
    if (method !== 'GET' || ENDING.has(path)) continue;
    const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => ids[name] ?? '');
    for (const { send } of [user, admin]) {
      const { status, text } = await send('GET', filled);
      expect(status, `${filled}: ${text}`).toBeLessThan(500);
    }
  }
  for (const query of ['?status=queued', `?asset_id=${ASSET}`, '?limit=1'])
    await user.send('GET', `/orders${query}`);
  for (const query of [`?username=${user.username}`, '?limit=1', '?event_type=login_success']) {
    await admin.send('GET', `/admin/audit-events${query}`);
  }
}

/** Sends a request that has to succeed. */
async function change(send: Send, method: string, path: string, body?: object): Promise<Answer> {
  const answer = await send(method, path, body && { body });
  expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300);
  return answer;
}

async function administer(admin: Account, user: Account): Promise<void> {
  const email = `tour-${user.email}`;
  await change(user.send, 'PUT', '/auth/profile', { email, current_password: PASSWORD });
  await change(user.send, 'POST', '/balance/withdraw', { amount: '1.00' });
  await change(user.send, 'POST', '/balance/deposit', { amount: '5.00', currency: 'EUR' });
  const conversion = { from: 'EUR', to: 'USD', amount: '1.00' };
  await change(user.send, 'POST', '/conversions/preview', conversion);
  await change(user.send, 'POST', '/conversions', conversion);
  await change(user.send, 'POST', '/transfers/preview', { to: admin.username, amount: '1.00' });
  await change(user.send, 'POST', '/transfers', { to: admin.username, amount: '1.00' });
  await change(user.send, 'PUT', `/tax/${new Date().getUTCFullYear() + 1}/method`, { method: 'hifo' });
  await change(user.send, 'PUT', '/portfolio/target-allocation', { cash: '100', assets: [] });
  await change(user.send, 'GET', '/portfolio/insights');
  await change(user.send, 'DELETE', '/portfolio/target-allocation');
  const preview = { asset_id: ASSET, order_type: 'market_buy', quantity: '1' };
  await change(user.send, 'POST', '/orders/preview', preview);
  const asset = `/inventory/assets/${ASSET}`;
  await change(admin.send, 'POST', `${asset}/deactivate`);
  await change(admin.send, 'POST', `${asset}/activate`);
  // A step that needs a second administrator.
  await change(admin.send, 'PUT', `${asset}/price`, { price: '1000000000', force: true });
  const proposals = await admin.send('GET', '/inventory/price-proposals');
  const [proposal] = proposals.json<{ data: readonly { proposal_id: string }[] }>().data;
  await change(admin.send, 'POST', `${asset}/price-proposals/${proposal?.proposal_id ?? ''}/reject`);
  await change(admin.send, 'PUT', `/inventory/assets/${DELISTED}`, { status: 'delisted' });
  await refund(admin, user);
  const airdrop = { asset_id: ASSET, recipients: [{ username: user.username, quantity: '1' }] };
  await change(admin.send, 'POST', '/admin/airdrops/preview', airdrop);
  await change(admin.send, 'POST', '/admin/airdrops', { ...airdrop, reason: 'a gift' });
  const account = `/admin/users/${user.username}`;
  await change(admin.send, 'PUT', `${account}/transfer-freeze`, { frozen: true, reason: 'a check' });
  await change(admin.send, 'PUT', `${account}/tier`, { tier: 'verified', reason: 'a check' });
  await change(admin.send, 'POST', `${account}/adjustments`, { amount: '5.00', description: 'test' });
  await place(user, { order_type: 'limit_buy', price: '10' });
  await change(admin.send, 'PATCH', account, { status: 'suspended' });
  await change(admin.send, 'PATCH', account, { status: 'active' });
}

/** Proposes a refund, which the only administrator cannot approve, and withdraws it. */
async function refund(admin: Account, user: Account): Promise<void> {
  const path = `/admin/orders/${await place(user, { order_type: 'market_buy' })}/refund`;
  await change(admin.send, 'POST', `${path}/preview`, {});
  const proposed = await change(admin.send, 'POST', path, { reason: 'a check' });
  const { proposal_id } = proposed.json<{ data: { proposal_id: string } }>().data;
  expectStatus(await admin.send('POST', `${path}/approve`, { body: { proposal_id } }), 403);
  await change(admin.send, 'POST', `${path}/reject`, { proposal_id });
}

async function endSessions(api: Send, { username }: Account): Promise<void> {
  await api('POST', '/auth/login', { body: { username, password: 'Not-the-password-1' } });
  const first = await signIn(api, username);
  await change(api, 'POST', '/auth/refresh', { refresh_token: first.refreshToken });
  const second = await signIn(api, username);
  const new_password = 'Whole-System-Test-3';
  await change(second.send, 'POST', '/auth/password', { current_password: PASSWORD, new_password });
  const third = await signIn(api, username, new_password);
  await change(third.send, 'DELETE', '/auth/sessions');
  const last = await signIn(api, username, new_password);
  await change(last.send, 'POST', '/auth/logout');
}
