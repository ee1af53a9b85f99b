import type { EventStream } from '@cnop/testing/system/event-stream';
import { afterEach, describe, expect, it } from 'vitest';
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
  upTo,
  withSeq,
} from './streams-under-test.ts';

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
