import { createSessionChecker } from '@cnop/common/auth/session-state';
import { isoTime } from '@cnop/common/core/brands';
import { systemIds } from '@cnop/common/core/ids';
import { createAirdropDao } from '@cnop/common/dao/asset/airdrop-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createDueWorkDao } from '@cnop/common/dao/schedule/due-work-dao';
import { sessionIdSchema, usernameSchema } from '@cnop/common/entities/fields';
import { postAirdrop } from '@cnop/user-service/airdrops/use-cases/post-airdrop';
import { z } from 'zod';
import { createAdmin } from '../create-admin.ts';
import type { Measurement } from './measurement.ts';
import { orderOf } from './measurement.ts';

const sessionsSchema = z.array(z.object({ session_id: sessionIdSchema }));
const proposalSchema = z.object({ proposal_id: z.string() });
const NAMES = { first_name: 'Alice', last_name: 'Example' };
/** As long as that of a usual user. */
const ALICE = 'alice_example_123';
const STAFF = 'grace_example_123';
const SECOND_STAFF = 'kathy_example_123';
const TRADER = 'bobby_example_123';

/** Measures signing up, sessions and profiles. */
export async function measureAccounts(measurement: Measurement): Promise<void> {
  const { platform, measure, measureWork, call, signIn, password } = measurement;
  const email = `${ALICE}@example.com`;
  const body = { username: ALICE, email, password, ...NAMES };
  await measure('sign-up', { method: 'POST', path: '/auth/register', body });
  const credentials = { username: ALICE, password };
  await call({ method: 'POST', path: '/auth/login', body: credentials });
  const pair = await measure('sign-in', { method: 'POST', path: '/auth/login', body: credentials });
  await measure(
    'sign-in with a wrong password',
    { method: 'POST', path: '/auth/login', body: { ...credentials, password: 'Wrong-Password-1' } },
    { mayFail: true },
  );
  const refresh = { refresh_token: pair.refresh_token };
  await measure('renewal of tokens', { method: 'POST', path: '/auth/refresh', body: refresh });
  const token = await signIn(ALICE);
  const list = await measure('list of sessions', { method: 'GET', path: '/auth/sessions', token });
  const [session] = sessionsSchema.parse(list.data);
  await measureWork('check of a session, once a second and process', async () => {
    const username = usernameSchema.parse(ALICE);
    if (session) await createSessionChecker(platform).assertLive({ username, sessionId: session.session_id });
  });
  await measure('profile', { method: 'GET', path: '/auth/profile', token });
  const name = { first_name: 'Alicia' };
  await measure('change of the profile', { method: 'PUT', path: '/auth/profile', token, body: name });
  const address = { email: `new.${email}`, current_password: password };
  await measure('change of the e-mail address', {
    method: 'PUT',
    path: '/auth/profile',
    token,
    body: address,
  });
  await measure('sign-out', { method: 'POST', path: '/auth/logout', token });
}

/** Measures the work of staff. */
export async function measureStaff(measurement: Measurement): Promise<void> {
  const { platform, password, measure, signIn } = measurement;
  const username = usernameSchema.parse(STAFF);
  const account = { username, email: `${STAFF}@example.com`, password, NODE_ENV: 'test', DATA_DIR: '' };
  await createAdmin(platform, account);
  const token = await signIn(STAFF);
  const asset = '/inventory/assets/ETH';
  await measure('price set by staff', {
    method: 'PUT',
    path: `${asset}/price`,
    token,
    body: { price: '3900' },
  });
  await measure('closing of an asset', { method: 'POST', path: `${asset}/deactivate`, token });
  await measure('change of an asset', { method: 'PUT', path: asset, token, body: { spread_bps: 11 } });
  await measure('list of users', { method: 'GET', path: '/admin/users', token });
  await measure('a user with their cash', { method: 'GET', path: `/admin/users/${ALICE}`, token });
  await measure('adjustment of cash', {
    method: 'POST',
    path: `/admin/users/${ALICE}/adjustments`,
    token,
    key: 'adjust-1',
    body: { amount: '10', description: 'a bank transfer' },
  });
  await measure('freeze of the transfers of a user', {
    method: 'PUT',
    path: `/admin/users/${ALICE}/transfer-freeze`,
    token,
    body: { frozen: true, reason: 'a stolen password' },
  });
  await measure('tier of a user', {
    method: 'PUT',
    path: `/admin/users/${ALICE}/tier`,
    token,
    body: { tier: 'verified', reason: 'papers were checked' },
  });
  await measure('withdrawals to review, page of 20', {
    method: 'GET',
    path: '/admin/funding/payments?limit=20',
    token,
  });
  await measure('audit log of a day, page of 20', {
    method: 'GET',
    path: '/admin/audit-events?limit=20',
    token,
  });
  await measureRefund(measurement, token);
  await measure('analytics of the platform, 30 days', { method: 'GET', path: '/admin/analytics', token });
  await measureAirdrop(measurement, token);
  await measure('house book of 30 days', { method: 'GET', path: '/admin/house-book', token });
  const status = { status: 'suspended' };
  await measure('suspension of a user', {
    method: 'PATCH',
    path: `/admin/users/${ALICE}`,
    token,
    body: status,
  });
}

/** Measures the refund of a buy, which one administrator proposes and another approves. */
async function measureRefund(measurement: Measurement, token: string): Promise<void> {
  const { platform, password, measure, call, signIn } = measurement;
  const username = usernameSchema.parse(SECOND_STAFF);
  const account = { username, email: `${username}@example.com`, password, NODE_ENV: 'test', DATA_DIR: '' };
  await createAdmin(platform, account);
  const second = await signIn(SECOND_STAFF);
  const order = { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.1' };
  const trader = await signIn(TRADER);
  const placed = orderOf(await call({ method: 'POST', path: '/orders', token: trader, body: order }));
  const path = `/admin/orders/${placed.order_id}/refund`;
  const body = { reason: 'a wrong price' };
  await measure('preview of a refund', { method: 'POST', path: `${path}/preview`, token, body: {} });
  const { data } = await measure('proposal of a refund', { method: 'POST', path, token, body });
  const { proposal_id } = proposalSchema.parse(data);
  await measure('list of proposed refunds', { method: 'GET', path: '/admin/refunds', token });
  const approval = { method: 'POST', path: `${path}/approve`, token: second, key: 'approve-1' } as const;
  await measure('approval of a refund, with key', { ...approval, body: { proposal_id } });
}

/** Measures an airdrop to two users, and the run of its job. */
async function measureAirdrop({ platform, measure, measureWork }: Measurement, token: string): Promise<void> {
  const recipients = [ALICE, TRADER].map((username) => ({ username, quantity: '0.001' }));
  const body = { asset_id: 'BTC', reason: 'a gift', recipients };
  await measure('airdrop to two users, with key', {
    method: 'POST',
    path: '/admin/airdrops',
    token,
    key: 'airdrop-1',
    body,
  });
  await measureWork('airdrop, the job for two users', async () => {
    const { store, clock } = platform;
    const due = await createDueWorkDao(store).getDue('airdrop', { at: isoTime(clock.now()), limit: 1 });
    const parts = {
      ...platform,
      ids: systemIds,
      assets: createAssetDao(store),
      airdrops: createAirdropDao(store),
    };
    for (const work of due.items) await postAirdrop(parts, work);
  });
}
