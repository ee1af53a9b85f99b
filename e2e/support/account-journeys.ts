import type { Account, Send } from '@cnop/testing/system/api-client';
import { freshName, PASSWORD, registration, signIn } from '@cnop/testing/system/api-client';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import { beforeAll, expect, it } from 'vitest';
import type { Platform } from './platform.ts';
import { answersOfEveryProcess } from './platform.ts';
import { signUpWithRetries, withRetries } from './retrying-client.ts';

const NEW_PASSWORD = 'Whole-System-Test-2';
/** Another process may accept a session for a second after its end; the rest is for a busy machine. */
const WITHIN = { timeout: 30_000 };

interface Choices {
  /** Whether a session ends in all services at once, since they share a process. */
  readonly sessionsEndAtOnce: boolean;
}

/** Registers the journeys of users through sign-up, sign-in and the end of sessions, which hold on every shape. */
export function describeAccountJourneys(platformOf: () => Platform, { sessionsEndAtOnce }: Choices): void {
  let admin: Account;
  const api = (): Send => withRetries(platformOf().api);
  beforeAll(async () => {
    admin = await signIn(api(), 'admin', ADMIN_PASSWORD);
  });

  const expectSignedOut = async ({ send }: Pick<Account, 'send'>) => {
    if (sessionsEndAtOnce) expect((await send('GET', '/balance')).status).toBe(401);
    for (const path of ['/balance', '/orders']) {
      const statuses = async () => {
        const answers = await answersOfEveryProcess(() => send('GET', path));
        return new Set(answers.map(({ status }) => status));
      };
      await expect.poll(statuses, WITHIN).toEqual(new Set([401]));
    }
  };

  it('a user signs up, signs in and reads their own profile', async () => {
    const username = freshName('Ada');
    const answer = await api()('POST', '/auth/register', { body: registration(username) });
    expect(answer.status).toBe(201);
    expect(answer.json()).toMatchObject({
      message: 'User registered successfully',
      user: { username: username.toLowerCase(), role: 'customer', status: 'active' },
    });
    expect(answer.text).not.toContain('password');

    const account = await signIn(api(), username);
    const profile = await account.send('GET', '/auth/profile');
    expect(profile.json()).toMatchObject({
      username: username.toLowerCase(),
      email: `${username.toLowerCase()}@example.com`,
    });
    expect((await account.send('GET', '/balance')).json()).toMatchObject({ current_balance: '0.00' });

    const again = await api()('POST', '/auth/register', { body: registration(username) });
    expect(again.status).toBe(409);
    expect(again.json()).toMatchObject({ code: 'RES_002' });
  });

  it('a refresh renews the tokens once, and again for a lost answer; a later reuse ends the session', async () => {
    const account = await signUpWithRetries(api());
    const refresh = (token: string) => api()('POST', '/auth/refresh', { body: { refresh_token: token } });
    const renewed = await refresh(account.refreshToken);
    expect(renewed.status).toBe(200);
    const { access_token: token } = renewed.json<{ access_token: string }>();
    expect((await api()('GET', '/balance', { token })).status).toBe(200);
    const again = await refresh(account.refreshToken);
    const { refresh_token: successor } = renewed.json<{ refresh_token: string }>();
    expect(again.json<{ refresh_token: string }>().refresh_token).toBe(successor);
    expect((await refresh(successor)).status).toBe(200);
    expect((await refresh(account.refreshToken)).status).toBe(401);
    await expectSignedOut({ ...account, send: (method, path) => api()(method, path, { token }) });
  });

  it('a new password ends the other sessions and is the only one that signs in', async () => {
    const account = await signUpWithRetries(api());
    const elsewhere = await signIn(api(), account.username);
    const changed = await account.send('POST', '/auth/password', {
      body: { current_password: PASSWORD, new_password: NEW_PASSWORD },
    });
    expect(changed.status).toBe(200);
    await expectSignedOut(elsewhere);
    expect((await account.send('GET', '/balance')).status).toBe(200);
    const refresh = (token: string) => api()('POST', '/auth/refresh', { body: { refresh_token: token } });
    expect((await refresh(account.refreshToken)).status).toBe(401);
    expect((await refresh(changed.json<{ refresh_token: string }>().refresh_token)).status).toBe(200);
    const body = { username: account.username, password: PASSWORD };
    expect((await api()('POST', '/auth/login', { body })).status).toBe(401);
    await signIn(api(), account.username, NEW_PASSWORD);
  });

  it('signing out ends the access token and the refresh token', async () => {
    const account = await signUpWithRetries(api());
    expect((await account.send('GET', '/orders')).status).toBe(200);
    const answer = await account.send('POST', '/auth/logout');
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ message: 'Logged out successfully' });
    await expectSignedOut(account);
    const body = { refresh_token: account.refreshToken };
    expect((await api()('POST', '/auth/refresh', { body })).status).toBe(401);
  });

  it('a suspended user is signed out at once, cannot sign in, and the audit log records it', async () => {
    const account = await signUpWithRetries(api());
    const path = `/admin/users/${account.username}`;
    expect((await account.send('PATCH', path, { body: { role: 'admin' } })).status).toBe(403);
    const suspended = await admin.send('PATCH', path, { body: { status: 'suspended' } });
    expect(suspended.status).toBe(200);
    await expectSignedOut(account);
    const login = await api()('POST', '/auth/login', {
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
}
