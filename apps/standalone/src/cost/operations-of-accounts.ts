import { createSessionChecker } from '@cnop/common/auth/session-state';
import { sessionIdSchema, usernameSchema } from '@cnop/common/entities/fields';
import { z } from 'zod';
import { createAdmin } from '../create-admin.ts';
import type { Measurement } from './measurement.ts';

const sessionsSchema = z.array(z.object({ session_id: sessionIdSchema }));
const NAMES = { first_name: 'Alice', last_name: 'Example' };
/** As long as that of a usual user. */
const ALICE = 'alice_example_123';
const STAFF = 'grace_example_123';

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
export async function measureStaff({ platform, password, measure, signIn }: Measurement): Promise<void> {
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
  await measure('audit log of a day, page of 20', {
    method: 'GET',
    path: '/admin/audit-events?limit=20',
    token,
  });
  const status = { status: 'suspended' };
  await measure('suspension of a user', {
    method: 'PATCH',
    path: `/admin/users/${ALICE}`,
    token,
    body: status,
  });
}
