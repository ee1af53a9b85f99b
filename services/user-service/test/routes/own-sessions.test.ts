import type { Username } from '@cnop/common/core/brands';
import { createLiveEventDao } from '@cnop/common/dao/user/live-event-dao';
import { aUsername } from '@cnop/testing/builders/brands';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { bearer, countByStatus, startUserService } from '../user-service-under-test.ts';

const ALICE = aUsername('alice');

const SESSION_LIFETIME_SECONDS = 30 * 24 * 60 * 60;
const MISSING_ID = '01890000-0000-7000-8000-000000000000';
/** Live sessions that a user may have. */
const MAX_SESSIONS = 20;

let service: UserServiceUnderTest;
beforeEach(async () => {
  service = await startUserService();
});
afterEach(() => service.stop());

/** Signs in from a device, one minute later. */
async function signInWith(userAgent: string, username = 'alice') {
  service.clock.advanceSeconds(60);
  const answer = await service.logIn(username, undefined, {
    headers: { 'user-agent': userAgent },
    from: '198.51.100.7',
  });
  return { headers: bearer(answer.body.access_token), refreshToken: answer.body.refresh_token };
}

type Headers = Readonly<Record<string, string>>;
const list = (headers: Headers) => service.call('GET', '/auth/sessions', { headers });
const end = (headers: Headers, id: unknown) =>
  service.call('DELETE', `/auth/sessions/${String(id)}`, { headers });
const endOthers = (headers: Headers) => service.call('DELETE', '/auth/sessions', { headers });
const statusOf = async (headers: Headers) => (await service.call('GET', '/balance', { headers })).status;

async function listed(headers: Headers) {
  return (await list(headers)).body.data;
}

/** Creates sessions without a later sign-in, which would delete ended ones: an expired, an ended and a live one of alice, and one of bob. */
async function withEveryKind() {
  await service.addUser();
  await service.addUser({ username: aUsername('bob'), email: 'bob@example.com' });
  await signInWith('Expired');
  service.clock.advanceSeconds(SESSION_LIFETIME_SECONDS - 300);
  const ended = await signInWith('Ended');
  const bob = await signInWith('Of bob', 'bob');
  const present = await signInWith('Present');
  await service.call('POST', '/auth/logout', { headers: ended.headers });
  service.clock.advanceSeconds(180);
  return { present, bob };
}

async function revokedIds(username: Username): Promise<unknown[]> {
  const { items } = await createLiveEventDao(service.store).getEventsAfter(username, 0, 100);
  return items.map(({ type, data }) => (type === 'session.revoked' ? data.session_id : type));
}

async function logoutsOf(username: Username) {
  const events = await service.eventsOf(username);
  return events.filter(({ event_type }) => event_type === 'logout');
}

describe('the list of own sessions', () => {
  it('has the live sessions, newest first, and marks the current one', async () => {
    await service.addUser();
    const laptop = await signInWith('Laptop');
    const phone = await signInWith('Phone');
    service.clock.advanceSeconds(30);
    const renewed = await service.call('POST', '/auth/refresh', {
      body: { refresh_token: laptop.refreshToken },
    });
    const answer = await list(phone.headers);
    expect(answer.status).toBe(200);
    const [laptopStored, phoneStored] = await service.storedSessions('alice');
    expect(answer.body.data).toEqual([
      {
        session_id: phoneStored?.session_id,
        created_at: '2026-01-15T12:02:00.000Z',
        refreshed_at: '2026-01-15T12:02:00.000Z',
        expires_at: '2026-02-14T12:02:00.000Z',
        user_agent: 'Phone',
        address: '198.51.100.7',
        is_current: true,
      },
      {
        session_id: laptopStored?.session_id,
        created_at: '2026-01-15T12:01:00.000Z',
        refreshed_at: '2026-01-15T12:02:30.000Z',
        expires_at: '2026-02-14T12:01:00.000Z',
        user_agent: 'Laptop',
        address: '198.51.100.7',
        is_current: false,
      },
    ]);
    const seenByLaptop = await listed(bearer(renewed.body.access_token));
    expect(seenByLaptop.map(({ is_current }) => is_current)).toEqual([false, true]);
  });

  it('leaves out sessions that ended, expired or belong to another user', async () => {
    const { present } = await withEveryKind();
    expect(await service.storedSessions('alice')).toHaveLength(3);
    expect((await listed(present.headers)).map(({ user_agent }) => user_agent)).toEqual(['Present']);
  });

  it('shows only the documented members of a session', async () => {
    await service.addUser();
    const { headers } = await signInWith('Laptop');
    expect((await list(headers)).text).not.toMatch(/refresh_generation|username|revoked/);
  });
});

describe('ending one session', () => {
  it('revokes its tokens at once, and does not affect other sessions', async () => {
    await service.addUser();
    const laptop = await signInWith('Laptop');
    const phone = await signInWith('Phone');
    expect(await statusOf(laptop.headers)).toBe(200);
    const [, laptopSession] = await listed(phone.headers);
    const answer = await end(phone.headers, laptopSession?.['session_id']);
    expect(answer).toMatchObject({ status: 200, body: { message: 'Session ended' } });
    expect(await statusOf(laptop.headers)).toBe(401);
    const refresh = { body: { refresh_token: laptop.refreshToken } };
    expect((await service.call('POST', '/auth/refresh', refresh)).status).toBe(401);
    expect(await statusOf(phone.headers)).toBe(200);
    expect(await listed(phone.headers)).toHaveLength(1);
    expect(await revokedIds(ALICE)).toEqual([laptopSession?.['session_id']]);
    expect(await logoutsOf(ALICE)).toMatchObject([
      { actor: 'alice', detail: { session_id: laptopSession?.['session_id'] } },
    ]);
  });

  it('is a sign-out for the current session', async () => {
    await service.addUser();
    const { headers } = await signInWith('Laptop');
    const [own] = await listed(headers);
    expect((await end(headers, own?.['session_id'])).status).toBe(200);
    expect((await list(headers)).status).toBe(401);
    expect(await revokedIds(ALICE)).toEqual([own?.['session_id']]);
  });

  it('answers 404 alike for a session that is absent, ended, expired or of another user', async () => {
    const { present, bob } = await withEveryKind();
    const [expired, ended] = await service.storedSessions('alice');
    const [bobs] = await listed(bob.headers);
    const before = await service.everyStoredItem();
    for (const id of [MISSING_ID, expired?.session_id, ended?.session_id, bobs?.['session_id']]) {
      expect(await end(present.headers, id)).toMatchObject({
        status: 404,
        body: { code: 'RES_001', detail: 'The session was not found.' },
      });
    }
    expect(await service.everyStoredItem()).toEqual(before);
    expect(await statusOf(bob.headers)).toBe(200);
  });

  it('happens once for concurrent requests', async () => {
    await service.addUser();
    await signInWith('Laptop');
    const phone = await signInWith('Phone');
    const [, laptop] = await listed(phone.headers);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => end(phone.headers, laptop?.['session_id'])),
    );
    expect(countByStatus(answers)).toEqual({ 200: 1, 404: 19 });
    expect(await revokedIds(ALICE)).toEqual([laptop?.['session_id']]);
    expect(await logoutsOf(ALICE)).toHaveLength(1);
  });

  it.each(['a@b', 'a.b', 'x'.repeat(101)])('refuses the id %s', async (id) => {
    await service.addUser();
    const { headers } = await signInWith('Laptop');
    expect(await end(headers, id)).toMatchObject({ status: 422, body: { errors: [{ field: 'id' }] } });
  });
});

describe('ending all other sessions', () => {
  it('ends them with their events and keeps the current one', async () => {
    await service.addUser();
    const others = [];
    for (let i = 1; i < MAX_SESSIONS; i += 1) others.push(await signInWith(`Device ${i}`));
    const present = await signInWith('Present');
    const before = await listed(present.headers);
    expect(before).toHaveLength(MAX_SESSIONS);
    const answer = await endOthers(present.headers);
    expect(answer).toMatchObject({
      status: 200,
      body: { message: 'All other sessions ended', ended: MAX_SESSIONS - 1 },
    });
    expect(await listed(present.headers)).toMatchObject([{ user_agent: 'Present', is_current: true }]);
    for (const { headers } of others) expect(await statusOf(headers)).toBe(401);
    const endedIds = before.slice(1).map(({ session_id }) => session_id);
    expect(new Set(await revokedIds(ALICE))).toEqual(new Set(endedIds));
    const audited = (await logoutsOf(ALICE)).map(({ detail }) => detail['session_id']);
    expect(new Set(audited)).toEqual(new Set(endedIds));
  });

  it('of a user without others ends none and writes nothing', async () => {
    await service.addUser();
    const { headers } = await signInWith('Only');
    const before = await service.everyStoredItem();
    expect(await endOthers(headers)).toMatchObject({ status: 200, body: { ended: 0 } });
    expect(await service.everyStoredItem()).toEqual(before);
  });

  it('ends more than fit into one commit', async () => {
    const headers = await service.signedIn();
    await Promise.all(Array.from({ length: 70 }, () => service.runtime.signIn('alice')));
    expect(await endOthers(headers)).toMatchObject({ status: 200, body: { ended: 70 } });
    expect(await revokedIds(ALICE)).toHaveLength(70);
    expect((await service.storedBalance('alice'))?.event_seq).toBe(70);
    expect(await logoutsOf(ALICE)).toHaveLength(70);
  });

  it('refuses unknown members of a body', async () => {
    const headers = await service.signedIn();
    const answer = await service.call('DELETE', '/auth/sessions', { headers, body: { all: true } });
    expect(answer.status).toBe(422);
  });
});
