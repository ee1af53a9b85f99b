import { aUsername } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import { SHAPES } from '../harness.ts';
import { openSessions } from './sessions-under-test.ts';

const ALICE = aUsername('alice');

const WRONG_PASSWORD = 'Not-The-Password-1';
const FAILURES_TO_LOCK = 5;

describe.each(SHAPES)('cookie sessions behind proxies and limits, services %s', (shape) => {
  it('limits sign-ins of browsers together with all others', async () => {
    const sessions = await openSessions(shape, { limits: { auth: 3, orders: 0, reads: 0 } });
    await sessions.addUser(ALICE);
    const plain = { 'x-session-mode': undefined };
    expect((await sessions.logIn('alice')).status).toBe(200);
    expect((await sessions.logIn('alice', { headers: plain })).status).toBe(200);
    expect((await sessions.refresh('')).status).toBe(401);
    const refused = await sessions.logIn('alice');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('ratelimit')).not.toBeNull();
    expect((await sessions.logIn('alice', { headers: plain })).status).toBe(429);
    await sessions.close();
  });

  it('uses secure cookies in production', async () => {
    const sessions = await openSessions(shape, { isProduction: true });
    await sessions.addUser(ALICE);
    expect((await sessions.logIn('alice')).setCookie).toMatch(/; Secure$/);
    await sessions.close();
  });

  it('behind TLS uses a cookie that no sibling host can set', async () => {
    const sessions = await openSessions(shape, { trustedProxies: ['127.0.0.1'] });
    await sessions.addUser(ALICE);
    const overTls = { 'x-forwarded-proto': 'https', origin: sessions.origin.replace('http:', 'https:') };
    const first = await sessions.logIn('alice', { headers: overTls });
    expect(first.setCookie).toMatch(
      /^__Host-cnop_refresh=[\w.-]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
    const planted = first.cookie.replace('__Host-', '');
    const refresh = (cookie: string) => sessions.post('/auth/refresh', { headers: { ...overTls, cookie } });
    expect((await refresh(planted)).status).toBe(401);
    const second = await refresh(`${planted}; ${first.cookie}`);
    expect(second.status).toBe(200);
    const out = await sessions.logIn('alice', { headers: overTls });
    expect(out.cookie).toMatch(/^__Host-/);
    await sessions.close();
  });

  it('refuses a session cookie that is sent twice, and stays live', async () => {
    const sessions = await openSessions(shape);
    await sessions.addUser(ALICE);
    await sessions.addUser(aUsername('mallory'));
    const own = await sessions.logIn('alice');
    const planted = await sessions.logIn('mallory');
    for (const cookies of [
      `${planted.cookie}; ${own.cookie}`,
      `${own.cookie}; ${planted.cookie}`,
      `${own.cookie}; cnop_refresh=`,
    ]) {
      const refused = await sessions.refresh(cookies);
      expect([refused.status, refused.setCookie]).toEqual([400, null]);
    }
    expect((await sessions.refresh(own.cookie)).status).toBe(200);
    await sessions.close();
  });

  it('ignores the scheme and host that an untrusted client reports', async () => {
    const sessions = await openSessions(shape);
    await sessions.addUser(ALICE);
    const claims = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' };
    const answer = await sessions.logIn('alice', { headers: claims });
    expect(answer.status).toBe(200);
    expect(answer.setCookie).not.toContain('Secure');
    const foreign = { ...claims, origin: 'https://evil.example' };
    expect((await sessions.logIn('alice', { headers: foreign })).status).toBe(403);
    await sessions.close();
  });
});

it('counts failures for the peer of the connection without a proxy', async () => {
  const sessions = await openSessions('in process');
  await sessions.addUser(aUsername('victim'));
  const guess = async (remoteAddress: string) => {
    const { statusCode } = await sessions.gateway.app.inject({
      method: 'POST',
      url: '/api/v1/auth/login',
      remoteAddress,
      headers: {
        'x-session-mode': 'cookie',
        'sec-fetch-site': 'same-origin',
        'x-forwarded-for': '198.51.100.1',
      },
      payload: { username: 'victim', password: WRONG_PASSWORD },
    });
    return statusCode;
  };
  for (let failure = 0; failure < FAILURES_TO_LOCK; failure++) expect(await guess('203.0.113.7')).toBe(401);
  expect(await guess('203.0.113.7')).toBe(429);
  expect(await guess('203.0.113.8')).toBe(401);
  await sessions.close();
});

it('deletes the cookie on a logout even when the service is down', async () => {
  const sessions = await openSessions('over HTTP');
  await sessions.addUser(ALICE);
  const { body, cookie } = await sessions.logIn('alice');
  sessions.service.server.closeAllConnections();
  await sessions.service.close();
  const headers = { cookie, authorization: `Bearer ${String(body['access_token'])}` };
  const out = await sessions.post('/auth/logout', { headers });
  expect(out.status).toBe(502);
  expect(out.body).toMatchObject({ code: 'SVC_002', instance: '/api/v1/auth/logout' });
  expect(out.cookie).toBe('cnop_refresh=');
  const renewal = await sessions.refresh(cookie);
  expect(renewal.status).toBe(502);
  expect(renewal.setCookie).toBeNull();
  await sessions.close();
});
