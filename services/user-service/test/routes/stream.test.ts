import { drainAndClose } from '@cnop/common/process/drain';
import type { EventStream } from '@cnop/testing/system/event-stream';
import { afterEach, describe, expect, it } from 'vitest';
import type { Headers } from '../streams-under-test.ts';
import {
  addAssets,
  deposit,
  hello,
  ids,
  open,
  price,
  prices,
  publish,
  service,
  start,
  stop,
  streams,
  upTo,
  withSeq,
} from '../streams-under-test.ts';
import { bearer, PASSWORD } from '../user-service-under-test.ts';

const SECONDS_PER_DAY = 86_400;

afterEach(stop);

describe('a stream', () => {
  it('starts with the last seq of the user, then sends events as they happen', async () => {
    await start();
    const alice = await service().signedIn('alice');
    await deposit(alice, '5.00');
    const stream = await open(alice);
    expect(stream).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        'x-request-id': expect.any(String) as string,
      },
    });
    expect(await hello(stream)).toMatchObject({
      id: '1',
      data: { username: 'alice', last_seq: 1, heartbeat_seconds: 15 },
    });
    await deposit(alice, '2.00');
    const frame = await stream.waitFor(withSeq(2));
    const { body } = await service().call('GET', '/events?after=1', { headers: alice });
    expect(frame).toMatchObject({ id: '2', event: 'balance.changed' });
    expect(frame.data).toEqual(body.data[0]);
    expect(stream.frames).toHaveLength(2);
  });

  it('replays events after Last-Event-ID or `after`, then continues', async () => {
    await start({ pageSize: 3 });
    const alice = await service().signedIn('alice');
    for (let i = 0; i < 10; i++) await deposit(alice);
    const all = await open(alice, { query: '?after=0' });
    const some = await open(alice, { lastEventId: '7', query: '?after=2' });
    const none = await open(alice, { query: '?after=10' });
    await Promise.all([hello(all), hello(some), hello(none)]);
    await deposit(alice);
    for (const stream of [all, some, none]) await stream.waitFor(withSeq(11));
    expect(ids(all)).toEqual(upTo(11));
    expect(ids(some)).toEqual(upTo(11, 8));
    expect(ids(none)).toEqual([11]);
    for (const stream of [all, some, none]) {
      expect(stream.frames.map(({ event }) => event)).not.toContain('reset');
    }
  });

  it('that is cut before its first event resumes from the id of hello without a loss', async () => {
    await start();
    const alice = await service().signedIn('alice');
    await deposit(alice);
    const cut = await open(alice);
    const greeting = await hello(cut);
    cut.cut();
    await deposit(alice);
    // A standard EventSource sends the last id of any event.
    const resumed = await open(alice, { lastEventId: greeting.id ?? '' });
    await resumed.waitFor(withSeq(2));
    expect(ids(resumed)).toEqual([2]);
    // The id of hello on a resumed stream precedes the events that follow.
    expect(await hello(await open(alice, { lastEventId: '1' }))).toMatchObject({
      id: '1',
      data: { last_seq: 2 },
    });
    expect(await hello(await open(alice, { query: '?after=0' }))).toMatchObject({ id: '0' });
    expect(await hello(await open(alice, { lastEventId: '99' }))).toMatchObject({ id: '2' });
  });

  it('answers 404 to prices of an unknown asset', async () => {
    await start();
    const stream = await open(await service().signedIn('alice'), { query: '?prices=NOSUCH' });
    expect([stream.status, stream.refusal]).toMatchObject([404, { code: 'RES_001' }]);
  });

  it('shows no events of other users', async () => {
    await start();
    const [alice, bob] = [await service().signedIn('alice'), await service().signedIn('bob')];
    const streamOfAlice = await open(alice, { query: '?after=0' });
    const streamOfBob = await open(bob, { query: '?after=0' });
    await Promise.all([hello(streamOfAlice), hello(streamOfBob)]);
    await Promise.all([deposit(alice), deposit(bob), deposit(alice)]);
    await streamOfAlice.waitFor(withSeq(2));
    await streamOfBob.waitFor(withSeq(1));
    const users = (stream: EventStream) => new Set(stream.frames.map(({ data }) => data['username']));
    expect(users(streamOfAlice)).toEqual(new Set(['alice']));
    expect(users(streamOfBob)).toEqual(new Set(['bob']));
    expect(ids(streamOfBob)).toEqual([1]);
  });

  it('finds events by polling when their message is lost', async () => {
    await start({ pollMilliseconds: 150, checkIntervalMilliseconds: 50 });
    const alice = await service().signedIn('alice');
    const stream = await open(alice);
    await hello(stream);
    // No message arrives any more, from this instance or from others.
    await service().runtime.bus.close();
    await deposit(alice);
    expect(await stream.waitFor(withSeq(1))).toMatchObject({ id: '1' });
  });

  it('resets a client whose events have expired, and one that is ahead of the store', async () => {
    await start();
    const alice = await service().signedIn('alice');
    for (let i = 0; i < 3; i++) await deposit(alice);
    service().clock.advanceSeconds(30 * SECONDS_PER_DAY);
    const later = await service().runtime.signIn('alice');
    const gone = await open(later, { lastEventId: '1' });
    expect(await gone.waitFor(({ event }) => event === 'reset')).toMatchObject({
      id: undefined,
      data: { after: 1, last_seq: 3 },
    });
    await deposit(later);
    const partly = await open(later, { lastEventId: '1' });
    const ahead = await open(later, { lastEventId: '99' });
    await partly.waitFor(withSeq(4));
    expect(await ahead.waitFor(({ event }) => event === 'reset')).toMatchObject({
      data: { after: 99, last_seq: 4 },
    });
    expect(partly.frames.map(({ event, id }) => [event, id])).toEqual([
      ['hello', '1'],
      ['reset', undefined],
      ['balance.changed', '4'],
    ]);
    await deposit(later);
    for (const stream of [gone, partly, ahead]) await stream.waitFor(withSeq(5));
    expect(ids(gone)).toEqual([4, 5]);
    expect(ids(ahead)).toEqual([5]);
  });

  it.each([
    ['?after=-1', undefined, 'after'],
    ['?after=x', undefined, 'after'],
    ['?after=9007199254740992', undefined, 'after'],
    ['?prices=', undefined, 'prices'],
    ['?prices=BTC,', undefined, 'prices'],
    ['?prices=B!', undefined, 'prices'],
    ['?prices=ABCDEFGHIJK', undefined, 'prices'],
    [`?prices=${'BTC,'.repeat(100)}ETH`, undefined, 'prices'],
    ['?prices=BTC&prices=ETH', undefined, 'prices'],
    ['?username=bob', undefined, 'username'],
    ['', 'x', 'Last-Event-ID'],
    ['', '-1', 'Last-Event-ID'],
    ['', '1.5', 'Last-Event-ID'],
    ['?after=1', '99999999999999999', 'Last-Event-ID'],
  ])('is refused with %s and Last-Event-ID %s', async (query, lastEventId, field) => {
    await start();
    const options = lastEventId === undefined ? { query } : { query, lastEventId };
    expect(await open(await service().signedIn(), options)).toMatchObject({
      status: 422,
      refusal: { code: 'VAL_001', errors: [{ field }] },
    });
  });

  it('does not support HEAD', async () => {
    await start();
    const answer = await service().app.inject({
      method: 'HEAD',
      url: '/stream',
      headers: await service().signedIn(),
    });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers['allow']).toBe('GET');
  });
});

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
    for (const name of ['ann', 'ben', 'cid', 'dan']) opened.push(await open(await service().signedIn(name)));
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

describe('prices on a stream', () => {
  it('are sent for the requested assets, without an id', async () => {
    await start();
    await addAssets('BTC', 'ETH', 'SOL');
    const alice = await service().signedIn('alice');
    const [all, some, lower, none] = await Promise.all(
      ['?prices=all', '?prices=BTC,ETH', '?prices=eth', ''].map((query) => open(alice, { query })),
    );
    const opened = [all!, some!, lower!, none!];
    await Promise.all(opened.map(hello));
    const seq = publish(['BTC', '1'], ['ETH', '2'], ['SOL', '3']);
    await all!.waitFor(price('3'));
    await some!.waitFor(price('2'));
    await lower!.waitFor(price('2'));
    await deposit(alice);
    for (const stream of opened) await stream.waitFor(withSeq(1));
    const assets = opened.map((stream) => prices(stream).map(({ data }) => data['asset_id']));
    expect(assets).toEqual([['BTC', 'ETH', 'SOL'], ['BTC', 'ETH'], ['ETH'], []]);
    expect(prices(all!)[0]).toMatchObject({
      id: undefined,
      data: { asset_id: 'BTC', bid: '1', ask: '1', mid: '1', source: 'simulated', seq },
    });
  });

  it('are never replayed', async () => {
    await start();
    const alice = await service().signedIn('alice');
    const first = await open(alice, { query: '?prices=all' });
    await hello(first);
    publish(['BTC', '1']);
    await first.waitFor(price('1'));
    await deposit(alice);
    first.cut();
    publish(['BTC', '2']);
    const second = await open(alice, { query: '?prices=all', lastEventId: '0' });
    await second.waitFor(withSeq(1));
    publish(['ETH', '3']);
    await second.waitFor(price('3'));
    expect(prices(second).map(({ data }) => data['mid'])).toEqual(['3']);
  });
});
