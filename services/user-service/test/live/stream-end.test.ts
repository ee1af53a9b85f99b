import { drainAndClose } from '@cnop/common/http/http-server';
import { aUsername } from '@cnop/testing/builders/brands';
import type { EventStream } from '@cnop/testing/system/event-stream';
import { afterEach, describe, expect, it } from 'vitest';
import { bearer, PASSWORD } from '../user-service-under-test.ts';
import type { Headers } from './streams-under-test.ts';
import { deposit, hello, open, service, start, stop, streams, withSeq } from './streams-under-test.ts';

afterEach(stop);

describe('the end of a stream', () => {
  it('comes within a second of a sign-out, after an event about it', async () => {
    await start();
    await service().addUser();
    const [leaving, staying] = [await service().logIn('alice'), await service().logIn('alice')];
    const stream = await open(bearer(leaving.body.access_token));
    const other = await open(bearer(staying.body.access_token));
    await Promise.all([hello(stream), hello(other)]);
    const asked = performance.now();
    await service().call('POST', '/auth/logout', { headers: bearer(leaving.body.access_token) });
    expect(await stream.ended).toBe(true);
    expect(performance.now() - asked).toBeLessThan(1_000);
    const [session] = await service().storedSessions('alice');
    expect(stream.frames.at(-1)).toMatchObject({
      id: '1',
      event: 'session.revoked',
      data: { data: { session_id: session?.session_id } },
    });
    // The stream of the other session gets the event and stays open.
    expect(await other.waitFor(({ event }) => event === 'session.revoked')).toMatchObject({ id: '1' });
    await deposit(bearer(staying.body.access_token));
    await other.waitFor(withSeq(2));
    const reopened = await open(bearer(leaving.body.access_token));
    expect(reopened).toMatchObject({ status: 401, refusal: { code: 'AUTH_001' } });
  });

  it.each([
    [
      'the password is changed elsewhere',
      async (other: Headers) => {
        const body = { current_password: PASSWORD, new_password: 'Another-Password-2' };
        expect((await service().call('POST', '/auth/password', { headers: other, body })).status).toBe(200);
      },
    ],
    [
      'the account is suspended',
      async () => {
        const headers = await service().signedIn('root', 'admin');
        const body = { status: 'suspended' };
        expect((await service().call('PATCH', '/admin/users/alice', { headers, body })).status).toBe(200);
      },
    ],
  ])('comes within a second when %s', async (_when, act) => {
    await start();
    await service().addUser();
    const stream = await open(bearer((await service().logIn('alice')).body.access_token));
    const other = bearer((await service().logIn('alice')).body.access_token);
    await hello(stream);
    const asked = performance.now();
    await act(other);
    expect(await stream.ended).toBe(true);
    // The time does not include hashing a password.
    expect(performance.now() - asked).toBeLessThan(1_500);
    expect(stream.frames.at(-1)?.event).toBe('session.revoked');
  });

  it('comes at once when the process drains, and 50 streams do not delay the drain', async () => {
    await start();
    const opened: EventStream[] = [];
    for (let user = 0; user < 10; user++) {
      const headers = await service().signedIn(`user${user}`);
      for (let i = 0; i < 5; i++) opened.push(await open(headers, { query: '?prices=all' }));
    }
    await Promise.all(opened.map(hello));
    const asked = performance.now();
    await drainAndClose(service().app, service().runtime.drain);
    expect(performance.now() - asked).toBeLessThan(1_000);
    expect(await Promise.all(opened.map(({ ended }) => ended))).toEqual(opened.map(() => true));
    for (const { frames } of opened) {
      expect(frames.at(-1)).toMatchObject({ event: 'closing', data: { reason: 'shutting_down' } });
    }
  });

  it('means that a draining process refuses new streams', async () => {
    await start();
    const headers = await service().signedIn();
    service().runtime.drain.begin();
    expect(await open(headers)).toMatchObject({ status: 503, refusal: { code: 'SVC_001' } });
  });
});

describe('streams', () => {
  it('are limited to eight for a user, and closing one makes room for another', async () => {
    await start();
    const alice = await service().signedIn('alice');
    const opened = await Promise.all(Array.from({ length: 12 }, () => open(alice)));
    const refused = opened.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(4);
    for (const { status, refusal, headers } of refused) {
      expect({ status, refusal }).toMatchObject({ status: 429, refusal: { code: 'RATE_001' } });
      expect(headers['retry-after']).toBe('5');
    }
    expect((await open(await service().signedIn('bob'))).status).toBe(200);
    opened.find(({ status }) => status === 200)?.cut();
    await expect.poll(async () => (await open(alice)).status).toBe(200);
    expect((await open(alice)).status).toBe(429);
  });

  it('are limited for the process', async () => {
    await start({ maxPerProcess: 3 });
    const opened: EventStream[] = [];
    for (const name of [aUsername('ann'), aUsername('ben'), aUsername('cid'), aUsername('dan')])
      opened.push(await open(await service().signedIn(name)));
    expect(opened.map(({ status }) => status)).toEqual([200, 200, 200, 503]);
    expect(opened[3]).toMatchObject({ refusal: { code: 'SVC_001', retryable: true } });
    opened[0]?.cut();
    const headers = await service().runtime.signIn('dan');
    await expect.poll(async () => (await open(headers)).status).toBe(200);
  });

  it('that are refused do not count', async () => {
    await start({ maxPerUser: 1, maxPerProcess: 1 });
    const alice = await service().signedIn('alice');
    for (let i = 0; i < 3; i++) expect((await open(alice, { query: '?after=x' })).status).toBe(422);
    expect((await open(alice)).status).toBe(200);
    for (let i = 0; i < 3; i++) expect((await open(alice)).status).toBe(429);
    streams.at(-4)?.cut();
    await expect.poll(async () => (await open(alice)).status).toBe(200);
  });
});
