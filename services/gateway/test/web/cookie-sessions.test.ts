import { aUsername } from '@cnop/testing/builders/brands';
import { BUILT_PASSWORD } from '@cnop/testing/builders/user';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHAPES } from '../harness.ts';
import type { Sessions, TestResponse } from './sessions-under-test.ts';
import { openSessions } from './sessions-under-test.ts';

const THIRTY_DAYS_SECONDS = 2_592_000;
const PARTNER = 'https://partner.example';
const WRONG_PASSWORD = 'Not-The-Password-1';
const FAILURES_TO_LOCK = 5;

describe.each(SHAPES)('a session in a cookie, services %s', (shape) => {
  let sessions: Sessions;
  beforeAll(async () => {
    sessions = await openSessions(shape, {
      corsOrigins: [PARTNER],
      trustedProxies: ['127.0.0.1'],
    });
    await sessions.addUser(aUsername('alice'));
  });
  afterAll(() => sessions.close());

  const bearer = ({ body }: TestResponse) => ({ authorization: `Bearer ${String(body['access_token'])}` });
  const attributesOf = (answer: TestResponse) => (answer.setCookie ?? '').split('; ').slice(1).toSorted();
  const expectForgotten = (answer: TestResponse) => {
    expect(answer.cookie).toBe('cnop_refresh=');
    expect(attributesOf(answer)).toEqual(['HttpOnly', 'Max-Age=0', 'Path=/api/v1/auth', 'SameSite=Strict']);
  };

  it('stores the refresh token where no script can read it', async () => {
    const answer = await sessions.logIn('alice');
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body).toSorted()).toEqual(['access_token', 'expires_in', 'token_type']);
    expect(answer.cookie).toMatch(/^cnop_refresh=[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(answer.text).not.toContain(answer.cookie.split('=')[1]);
    expect(attributesOf(answer)).toEqual([
      'HttpOnly',
      `Max-Age=${THIRTY_DAYS_SECONDS}`,
      'Path=/api/v1/auth',
      'SameSite=Strict',
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await sessions.isLive(answer.body['access_token'])).toBe(true);
  });

  it('is renewed with the cookie, which changes each time', async () => {
    const first = await sessions.logIn('alice');
    const second = await sessions.refresh(first.cookie);
    expect(second.status).toBe(200);
    expect(Object.keys(second.body).toSorted()).toEqual(['access_token', 'expires_in', 'token_type']);
    expect(second.cookie).toMatch(/^cnop_refresh=[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(second.cookie).not.toBe(first.cookie);
    expect(attributesOf(second)).toEqual(attributesOf(first));
    expect(await sessions.isLive(second.body['access_token'])).toBe(true);
    const third = await sessions.refresh(`theme=dark; ${second.cookie}; last=1`);
    expect(third.status).toBe(200);
  });

  it('gets the same cookie again when the response was lost, as on a reload', async () => {
    const first = await sessions.logIn('alice');
    const lost = await sessions.refresh(first.cookie);
    const again = await sessions.refresh(first.cookie);
    expect(again.status).toBe(200);
    expect(again.cookie).toBe(lost.cookie);
    expect(await sessions.isLive(again.body['access_token'])).toBe(true);
  });

  it('continues with a new cookie after a password change', async () => {
    await sessions.addUser(aUsername('careful'));
    const first = await sessions.logIn('careful');
    const changed = await sessions.post('/auth/password', {
      body: { current_password: BUILT_PASSWORD, new_password: 'Difference-Engine-1822' },
      headers: { ...bearer(first), cookie: first.cookie },
    });
    expect(changed.status).toBe(200);
    expect(Object.keys(changed.body).toSorted()).toEqual([
      'access_token',
      'expires_in',
      'message',
      'token_type',
    ]);
    expect(attributesOf(changed)).toEqual(attributesOf(first));
    expect(changed.headers.get('cache-control')).toBe('no-store');
    expect((await sessions.refresh(first.cookie)).status).toBe(401);
    expect((await sessions.refresh(changed.cookie)).status).toBe(200);
  });

  it('ends when a cookie is reused after its successor was used', async () => {
    const first = await sessions.logIn('alice');
    const second = await sessions.refresh((await sessions.refresh(first.cookie)).cookie);
    const reused = await sessions.refresh(first.cookie);
    expect(reused.status).toBe(401);
    expect(reused.body).toMatchObject({ code: 'AUTH_001', instance: '/api/v1/auth/refresh' });
    expect(reused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(reused.headers.get('www-authenticate')).toBe('Bearer');
    expectForgotten(reused);
    expect((await sessions.refresh(second.cookie)).status).toBe(401);
    expect(await sessions.isLive(second.body['access_token'])).toBe(false);
  });

  it.each([
    ['no cookie', undefined],
    ['another cookie', 'theme=dark'],
    ['an empty one', 'cnop_refresh='],
    ['nonsense', 'cnop_refresh=nonsense'],
    ['what is no token', 'cnop_refresh="},{"a":"'],
    ['far too much', `cnop_refresh=${'a'.repeat(8_000)}`],
    ['a cookie whose name ends the same', 'x_cnop_refresh=nonsense'],
  ])('is not renewed with %s', async (_, cookie) => {
    const answer = await sessions.post('/auth/refresh', { body: {}, headers: { cookie } });
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'AUTH_001', instance: '/api/v1/auth/refresh' });
    expectForgotten(answer);
  });

  it('is not renewed with a token in the body', async () => {
    const plain = await sessions.logIn('alice', { headers: { 'x-session-mode': undefined } });
    const { refresh_token } = plain.body;
    const answer = await sessions.post('/auth/refresh', { body: { refresh_token } });
    expect(answer.status).toBe(401);
  });

  it('ends with a logout, and so does the cookie', async () => {
    const answer = await sessions.logIn('alice');
    const out = await sessions.post('/auth/logout', {
      headers: { ...bearer(answer), cookie: answer.cookie },
    });
    expect(out.status).toBe(200);
    expect(out.body).toEqual({ message: 'Logged out successfully' });
    expectForgotten(out);
    expect(await sessions.isLive(answer.body['access_token'])).toBe(false);
    expect((await sessions.refresh(answer.cookie)).status).toBe(401);
  });

  it('keeps its cookie on a logout without a token, so that a renewed token can end it', async () => {
    const { cookie } = await sessions.logIn('alice');
    const out = await sessions.post('/auth/logout', { headers: { cookie } });
    expect(out.status).toBe(401);
    expect(out.setCookie).toBeNull();
    expect((await sessions.refresh(cookie)).status).toBe(200);
  });

  it('does not start with a wrong password, a bad body or another media type', async () => {
    const wrong = await sessions.logIn('alice', { password: WRONG_PASSWORD });
    expect(wrong.status).toBe(401);
    expect(wrong.body).toMatchObject({ code: 'AUTH_001', instance: '/api/v1/auth/login' });
    const incomplete = await sessions.post('/auth/login', { body: { username: 'alice' } });
    expect(incomplete.status).toBe(422);
    expect(incomplete.body['errors']).toMatchObject([{ field: 'password' }]);
    const broken = await sessions.post('/auth/login', { body: '{"username":' });
    expect(broken.status).toBe(400);
    const typed = await sessions.post('/auth/login', {
      body: 'x',
      headers: { 'content-type': 'text/plain' },
    });
    expect(typed.status).toBe(415);
    const large = await sessions.post('/auth/login', { body: `"${'x'.repeat(70_000)}"` });
    expect(large.status).toBe(413);
    for (const answer of [wrong, incomplete, broken, typed, large]) expect(answer.setCookie).toBeNull();
  });

  it.each<[string, (own: string) => Record<string, string | undefined>]>([
    ['another origin', () => ({ origin: 'https://evil.example' })],
    ['an origin that CORS allows', () => ({ origin: PARTNER })],
    ['another port of this machine', () => ({ origin: 'http://127.0.0.1:1' })],
    ['another scheme', (own) => ({ origin: own.replace('http:', 'https:') })],
    ['no origin at all', () => ({ origin: undefined })],
    ['a page without an origin', () => ({ origin: 'null' })],
    ['what is no origin', () => ({ origin: '://' })],
    ['another site', (own) => ({ origin: own, 'sec-fetch-site': 'cross-site' })],
    ['a neighbour', (own) => ({ origin: own, 'sec-fetch-site': 'same-site' })],
    ['the address bar', () => ({ origin: undefined, 'sec-fetch-site': 'none' })],
    ['another origin as ours', () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' })],
  ])('cannot be begun, renewed or ended by %s', async (_, headersOf) => {
    const headers = headersOf(sessions.origin);
    const own = await sessions.logIn('alice');
    const answers = [
      await sessions.logIn('alice', { headers }),
      await sessions.refresh(own.cookie, headers),
      await sessions.post('/auth/logout', { headers: { ...bearer(own), cookie: own.cookie, ...headers } }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(403);
      expect(answer.body).toMatchObject({ code: 'AUTH_002' });
      expect(answer.setCookie).toBeNull();
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
    expect(await sessions.isLive(own.body['access_token'])).toBe(true);
    expect((await sessions.refresh(own.cookie)).status).toBe(200);
  });

  it.each([
    ['says where its page is from', { 'sec-fetch-site': undefined }],
    ['says that it is from here', { origin: undefined, 'sec-fetch-site': 'same-origin' }],
    ['says both', { 'sec-fetch-site': 'same-origin' }],
  ])('may be begun by a browser that %s', async (_, headers) => {
    expect((await sessions.logIn('alice', { headers })).status).toBe(200);
  });

  it('is secure behind a trusted proxy that terminates TLS and reports the origin', async () => {
    const behindProxy = {
      origin: 'https://trade.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'trade.example',
    };
    const answer = await sessions.logIn('alice', { headers: behindProxy });
    expect(answer.status).toBe(200);
    expect(attributesOf(answer)).toContain('Secure');
    const out = await sessions.post('/auth/logout', { headers: { ...bearer(answer), ...behindProxy } });
    expect(attributesOf(out)).toContain('Secure');
    const elsewhere = { ...behindProxy, origin: 'https://evil.example' };
    expect((await sessions.logIn('alice', { headers: elsewhere })).status).toBe(403);
  });

  it('starts behind an untrusted proxy that terminates TLS when the browser says same-origin', async () => {
    const headers = { origin: sessions.origin.replace('http:', 'https:'), 'sec-fetch-site': 'same-origin' };
    expect((await sessions.logIn('alice', { headers })).status).toBe(200);
  });

  it('cannot be started by a cross-origin page, whose preflight is refused', async () => {
    const answer = await sessions.gateway.app.inject({
      method: 'OPTIONS',
      url: '/api/v1/auth/login',
      headers: {
        origin: PARTNER,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-session-mode',
      },
    });
    expect(String(answer.headers['access-control-allow-headers']).toLowerCase()).not.toContain(
      'x-session-mode',
    );
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it.each([undefined, 'bearer', 'Cookie', ''])('is not used for the mode "%s"', async (mode) => {
    const headers = { 'x-session-mode': mode, origin: undefined };
    const answer = await sessions.logIn('alice', { headers });
    expect(answer.status).toBe(200);
    expect(answer.setCookie).toBeNull();
    const { refresh_token } = answer.body;
    expect(refresh_token).toEqual(expect.any(String));
    const renewed = await sessions.post('/auth/refresh', { body: { refresh_token }, headers });
    expect(renewed.status).toBe(200);
    expect(renewed.setCookie).toBeNull();
    const out = await sessions.post('/auth/logout', { headers: { ...bearer(renewed), ...headers } });
    expect(out.status).toBe(200);
    expect(out.setCookie).toBeNull();
    const cookie = `cnop_refresh=${String(renewed.body['refresh_token'])}`;
    expect((await sessions.post('/auth/refresh', { body: {}, headers: { ...headers, cookie } })).status).toBe(
      422,
    );
  });

  it('counts failures for the address that a trusted proxy reports, not for the gateway', async () => {
    await sessions.addUser(aUsername(`victim`));
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
    const guess = { ...from('203.0.113.7'), password: WRONG_PASSWORD };
    for (let failure = 0; failure < FAILURES_TO_LOCK; failure++) {
      expect((await sessions.logIn('victim', guess)).status).toBe(401);
    }
    const locked = await sessions.logIn('victim', from('203.0.113.7'));
    expect(locked.status).toBe(429);
    expect(locked.body).toMatchObject({ code: 'RATE_001', instance: '/api/v1/auth/login' });
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);
    const plain = { 'x-session-mode': undefined, 'x-forwarded-for': '203.0.113.7' };
    expect((await sessions.logIn('victim', { headers: plain })).status).toBe(429);
    expect((await sessions.logIn('victim', from('203.0.113.8'))).status).toBe(200);
  });
});
