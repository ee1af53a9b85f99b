import type { Username } from '@cnop/common/core/brands';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import { aUsername } from '@cnop/testing/builders/brands';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { bearer, countByStatus, startUserService } from '../user-service-under-test.ts';

const ALICE = aUsername('alice');

const REFRESH_LIFETIME_SECONDS = 30 * 24 * 60 * 60;

let service: UserServiceUnderTest;
beforeEach(async () => {
  service = await startUserService();
});
afterEach(() => service.stop());

async function signIn() {
  await service.addUser();
  return (await service.logIn('alice')).body;
}
const refresh = (refresh_token: string) => service.call('POST', '/auth/refresh', { body: { refresh_token } });
const balance = (token: string) => service.call('GET', '/balance', { headers: bearer(token) });
const typesOf = async (username: Username) =>
  (await service.eventsOf(username)).map((event) => event.event_type);

describe('renewing tokens', () => {
  it('answers with new tokens of the same session', async () => {
    const first = await signIn();
    service.clock.advanceSeconds(60);
    const renewed = await refresh(first.refresh_token);
    expect(renewed).toMatchObject({ status: 200, body: { token_type: 'bearer', expires_in: 900 } });
    expect(renewed.headers['cache-control']).toBe('no-store');
    expect(renewed.body.refresh_token).not.toBe(first.refresh_token);
    expect((await balance(renewed.body.access_token)).status).toBe(200);
    expect(await service.storedSessions('alice')).toMatchObject([
      { refresh_generation: 2, revoked_at: null },
    ]);
    expect((await refresh(renewed.body.refresh_token)).status).toBe(200);
  });

  it('returns the same refresh token for 10 seconds to a client that lost the response', async () => {
    const first = await signIn();
    const lost = await refresh(first.refresh_token);
    service.clock.advanceSeconds(9);
    const again = await refresh(first.refresh_token);
    expect(again.status).toBe(200);
    expect(again.body.refresh_token).toBe(lost.body.refresh_token);
    expect((await balance(again.body.access_token)).status).toBe(200);
    expect(await service.storedSessions('alice')).toMatchObject([
      { refresh_generation: 2, revoked_at: null },
    ]);
    expect((await refresh(again.body.refresh_token)).status).toBe(200);
  });

  it('stores no token and nothing to make one from without the signing key', async () => {
    const first = await signIn();
    const { body } = await refresh(first.refresh_token);
    const stored = JSON.stringify(await service.everyStoredItem());
    for (const token of [first.refresh_token, body.refresh_token]) {
      expect(stored).not.toContain(token.split('.').at(-1));
    }
  });

  it('ends the session when a token is reused after its successor was used, even within 10 seconds', async () => {
    const first = await signIn();
    const second = await refresh(first.refresh_token);
    const third = await refresh(second.body.refresh_token);
    expect((await refresh(first.refresh_token)).status).toBe(401);
    expect((await refresh(third.body.refresh_token)).status).toBe(401);
  });

  it('ends the session when a token is reused after 10 seconds', async () => {
    const first = await signIn();
    const second = await refresh(first.refresh_token);
    service.clock.advanceSeconds(10);
    expect(await refresh(first.refresh_token)).toMatchObject({ status: 401, body: { code: 'AUTH_001' } });
    expect((await refresh(second.body.refresh_token)).status).toBe(401);
    expect((await balance(second.body.access_token)).status).toBe(401);
    expect((await balance(first.access_token)).status).toBe(401);
    const now = service.clock.now().toISOString();
    expect(await service.storedSessions('alice')).toMatchObject([{ revoked_at: now }]);
    expect(await typesOf(ALICE)).toEqual(['session_reuse', 'login']);
  });

  it('leaves other sessions alone when one ends', async () => {
    const stolen = await signIn();
    const other = (await service.logIn('alice')).body;
    await refresh(stolen.refresh_token);
    service.clock.advanceSeconds(10);
    await refresh(stolen.refresh_token);
    expect((await balance(stolen.access_token)).status).toBe(401);
    expect((await balance(other.access_token)).status).toBe(200);
  });

  it('returns one refresh token to 100 parallel uses of a token at two instances', async () => {
    const { refresh_token } = await signIn();
    const other = await service.anotherInstance();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        index % 2 ? refresh(refresh_token) : other.refresh(refresh_token),
      ),
    );
    expect(countByStatus(answers)).toEqual({ 200: 100 });
    const successors = new Set(answers.map(({ body }) => body.refresh_token));
    expect(successors.size).toBe(1);
    expect(await service.storedSessions('alice')).toMatchObject([
      { refresh_generation: 2, revoked_at: null },
    ]);
    const [successor = ''] = successors;
    expect((await other.refresh(successor)).status).toBe(200);
    service.clock.advanceSeconds(10);
    expect((await refresh(successor)).status).toBe(401);
    expect(await service.storedSessions('alice')).toMatchObject([
      { revoked_at: expect.any(String) as string },
    ]);
  });

  it('does not prolong a session', async () => {
    const { refresh_token } = await signIn();
    service.clock.advanceSeconds(REFRESH_LIFETIME_SECONDS - 10);
    const renewed = await refresh(refresh_token);
    expect(renewed.status).toBe(200);
    service.clock.advanceSeconds(11);
    expect((await refresh(renewed.body.refresh_token)).status).toBe(401);
    expect((await balance(renewed.body.access_token)).status).toBe(401);
  });

  it('carries the current role of the user', async () => {
    const { access_token, refresh_token } = await signIn();
    expect((await service.call('GET', '/admin/users', { headers: bearer(access_token) })).status).toBe(403);
    await createUserDao(service.store).updateUser(ALICE, { role: 'moderator' });
    const headers = bearer((await refresh(refresh_token)).body.access_token);
    expect((await service.call('GET', '/admin/users', { headers })).status).toBe(200);
  });

  it('is refused to a user who is not active', async () => {
    const { refresh_token } = await signIn();
    await createUserDao(service.store).updateUser(ALICE, { status: 'inactive' });
    expect((await refresh(refresh_token)).status).toBe(401);
  });

  it('refuses an access token, a forged token and nonsense', async () => {
    const { access_token, refresh_token } = await signIn();
    const forged = `${refresh_token.slice(0, -10)}${'A'.repeat(10)}`;
    for (const token of [access_token, forged, 'nonsense']) {
      expect(await refresh(token)).toMatchObject({ status: 401, body: { code: 'AUTH_001' } });
    }
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  it('names a missing token', async () => {
    const answer = await service.call('POST', '/auth/refresh', { body: {} });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'VAL_003', errors: [{ field: 'refresh_token' }] },
    });
  });

  it('does not accept a refresh token as an access token', async () => {
    const { refresh_token } = await signIn();
    expect((await balance(refresh_token)).status).toBe(401);
  });
});

describe('signing out', () => {
  it.each<[string, unknown]>([
    ['without a body', undefined],
    ['with an empty object', {}],
    ['with the token in the body', { access_token: 'x', token_type: 'bearer' }],
    ['with a number', 7],
    ['with a list', [{ all: true }]],
    ['with null', 'null'],
    ['with half an object', '{"access_token":'],
    ['with a repeated key', '{"a":1,"a":2}'],
  ])('%s ends both tokens at once', async (_how, body) => {
    const { access_token, refresh_token } = await signIn();
    expect((await balance(access_token)).status).toBe(200);
    const answer = await service.call('POST', '/auth/logout', {
      headers: bearer(access_token),
      ...(body !== undefined && { body }),
    });
    expect(answer).toMatchObject({ status: 200, body: { message: 'Logged out successfully' } });
    expect((await balance(access_token)).status).toBe(401);
    expect((await refresh(refresh_token)).status).toBe(401);
    expect((await service.call('POST', '/auth/logout', { headers: bearer(access_token) })).status).toBe(401);
    expect(await typesOf(ALICE)).toEqual(['logout', 'login']);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])(
    'ends the session with a body of %s',
    async (type) => {
      const { access_token } = await signIn();
      const headers = { ...bearer(access_token), 'content-type': type };
      const answer = await service.app.inject({
        method: 'POST',
        url: '/auth/logout',
        headers,
        payload: 'a=b',
      });
      expect(answer.statusCode).toBe(200);
      expect((await balance(access_token)).status).toBe(401);
    },
  );
});

describe('the public key set', () => {
  it('is public and has no private part', async () => {
    const answer = await service.call('GET', '/.well-known/jwks.json');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(service.runtime.signingKeys.publicKeys());
    expect(answer.text).not.toContain('"d"');
  });
});
