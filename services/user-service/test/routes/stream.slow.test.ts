import { setTimeout as wait } from 'node:timers/promises';
import { revokeSession } from '@cnop/common/auth/session-rules';
import { sessionRecord } from '@cnop/common/auth/session-state';
import type { Frame } from '@cnop/testing/system/event-stream';
import { describe, expect, it } from 'vitest';
import {
  deposit,
  hello,
  ids,
  open,
  price,
  prices,
  publish,
  service,
  start,
  upTo,
  withSeq,
} from '../streams-under-test.ts';

const ACCESS_LIFETIME_SECONDS = 900;

describe('a stream, in the course of time', () => {
  it('cut off and resumed 50 times, shows every event once and in order', async () => {
    await start();
    const alice = await service().signedIn('alice');
    const seen: number[] = [];
    let isCutting = true;
    let made = 0;
    const deposits = (async () => {
      for (; isCutting; made++) await deposit(alice);
    })();
    for (let cut = 0; cut < 50; cut++) {
      const stream = await open(alice, { lastEventId: String(seen.at(-1) ?? 0) });
      await hello(stream);
      await wait(Math.random() * 30);
      stream.cut();
      seen.push(...ids(stream));
    }
    isCutting = false;
    await deposits;
    const last = await open(alice, { lastEventId: String(seen.at(-1) ?? 0) });
    await last.waitFor(withSeq(made));
    seen.push(...ids(last));
    expect(seen).toEqual(upTo(made));
    expect(made).toBeGreaterThan(50);
  });

  it('gives signs of life', async () => {
    await start({ heartbeatMilliseconds: 100, roundMilliseconds: 25 });
    const stream = await open(await service().signedIn());
    await hello(stream);
    await wait(550);
    expect(stream.heartbeats()).toBeGreaterThanOrEqual(3);
    expect(stream.heartbeats()).toBeLessThanOrEqual(7);
  });

  it('ends within a second when its session ends in another process, of which nothing is heard', async () => {
    await start();
    const alice = await service().signedIn('alice');
    const stream = await open(alice);
    await hello(stream);
    await service().runtime.bus.close();
    const [session] = await service().storedSessions('alice');
    const key = sessionRecord.key(session!);
    await service().store.transact({ key }, () => ({
      writes: [sessionRecord.replace(revokeSession(session!, service().clock.now()))],
      result: undefined,
    }));
    const revoked = performance.now();
    expect(await stream.ended).toBe(true);
    expect(performance.now() - revoked).toBeLessThan(1_000);
    // There is no such event in the store, so what the client is told has no seq.
    expect(stream.frames.at(-1)).toMatchObject({
      id: undefined,
      event: 'session.revoked',
      data: { type: 'session.revoked', username: 'alice', data: { session_id: session?.session_id } },
    });
  });

  it('ends within a second when its token expires', async () => {
    await start();
    const stream = await open(await service().signedIn());
    await hello(stream);
    service().clock.advanceSeconds(ACCESS_LIFETIME_SECONDS - 1);
    await wait(1_000);
    expect(stream.frames).toHaveLength(1);
    service().clock.advanceSeconds(1);
    const expired = performance.now();
    expect(await stream.ended).toBe(true);
    expect(performance.now() - expired).toBeLessThan(1_000);
    expect(stream.frames.at(-1)).toMatchObject({ event: 'closing', data: { reason: 'token_expired' } });
  });

  it('brings prices at most four times a second and asset, the latest last, however often they change', async () => {
    await start();
    const stream = await open(await service().signedIn(), { query: '?prices=BTC,ETH' });
    await hello(stream);
    const began = performance.now();
    for (let tick = 1; tick <= 60; tick++) {
      publish(['BTC', `${tick}`], ['ETH', `${1_000 + tick}`]);
      await wait(50);
    }
    const seconds = (performance.now() - began) / 1_000;
    await stream.waitFor(price('60'));
    await stream.waitFor(price('1060'));
    for (const assetId of ['BTC', 'ETH']) {
      const received = prices(stream, assetId);
      // One more than four a second: the first comes at once.
      expect(received.length).toBeLessThanOrEqual(4 * seconds + 2);
      expect(received.length).toBeGreaterThanOrEqual(2 * seconds);
      const mids = received.map(({ data }) => Number(data['mid']));
      expect(mids).toEqual(mids.toSorted((a, b) => a - b));
    }
  });
});

describe('a client that does not read', () => {
  const HUGE = Array.from({ length: 400 }, (_, i) => `A${i}`);
  /** As much as the sockets of this machine swallow before anything waits with us, and more. */
  const BATCHES = 400;
  const flood = async () => {
    let lastSeq = 0;
    for (let batch = 0; batch < BATCHES; batch++) {
      lastSeq = publish(...HUGE.map((assetId) => [assetId, '1'] as const));
      await wait(2);
    }
    return lastSeq;
  };
  const limits = {
    priceIntervalMilliseconds: 0,
    priceBatchMilliseconds: 0,
    roundMilliseconds: 50,
    patienceMilliseconds: 300,
  };

  it('misses prices, and gets the latest of each when it reads again', async () => {
    await start(limits);
    const headers = await service().signedIn();
    const stream = await open(headers, { query: '?prices=all' });
    const reader = await open(headers, { query: '?prices=all' });
    await Promise.all([hello(stream), hello(reader)]);
    stream.pause();
    const lastSeq = await flood();
    const isLast = ({ data }: Frame) => data['seq'] === lastSeq && data['asset_id'] === HUGE.at(-1);
    await reader.waitFor(isLast);
    stream.resume();
    await stream.waitFor(isLast);
    const latest = new Map(stream.frames.map(({ data }) => [data['asset_id'], data['seq']]));
    for (const assetId of HUGE) expect(latest.get(assetId)).toBe(lastSeq);
    expect(stream.frames.length).toBeLessThan(reader.frames.length);
  });

  it('is cut off when an event finds no room, and resumes where it was', async () => {
    await start(limits);
    const headers = await service().signedIn('alice');
    const stream = await open(headers, { query: '?prices=all' });
    const reader = await open(headers);
    await Promise.all([hello(stream), hello(reader)]);
    await deposit(headers);
    await stream.waitFor(withSeq(1));
    stream.pause();
    await flood();
    await deposit(headers);
    await reader.waitFor(withSeq(2));
    await wait(limits.patienceMilliseconds + 200);
    stream.resume();
    expect(await stream.ended).toBe(false);
    expect(ids(stream)).toEqual([1]);
    const resumed = await open(headers, { lastEventId: '1' });
    await resumed.waitFor(withSeq(2));
    expect(ids(resumed)).toEqual([2]);
  });

  it('gets a long replay at its own pace', async () => {
    // Less than a page: none is written while the one before it waits.
    await start({ maxBufferedBytes: 20 * 1_024 });
    const alice = await service().signedIn('alice');
    await Promise.all(Array.from({ length: 2_000 }, () => deposit(alice)));
    const stream = await open(alice, { lastEventId: '0' });
    stream.pause();
    await wait(300);
    stream.resume();
    await stream.waitFor(withSeq(2_000));
    expect(ids(stream)).toEqual(upTo(2_000));
  });
});
