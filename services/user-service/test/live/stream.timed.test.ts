import { setTimeout as wait } from 'node:timers/promises';
import { revokeSession } from '@cnop/common/auth/session-rules';
import { sessionRecord } from '@cnop/common/auth/session-state';
import { afterEach, describe, expect, it } from 'vitest';
import {
  addAssets,
  hello,
  open,
  price,
  prices,
  publish,
  service,
  start,
  stop,
} from './streams-under-test.ts';

const ACCESS_LIFETIME_SECONDS = 900;

afterEach(stop);

describe('a stream over time', () => {
  it('sends heartbeats', async () => {
    await start({ heartbeatMilliseconds: 100, checkIntervalMilliseconds: 25 });
    const stream = await open(await service().signedIn());
    await hello(stream);
    await wait(550);
    expect(stream.heartbeats()).toBeGreaterThanOrEqual(3);
    expect(stream.heartbeats()).toBeLessThanOrEqual(7);
  });

  it('ends within a second when its session ends in another instance whose message is lost', async () => {
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
    // The store has no event for it, so the frame has no seq.
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

  it('sends at most four prices a second for each asset, the latest last', async () => {
    await start();
    await addAssets('BTC', 'ETH');
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
      // One more than four a second, since the first is sent at once.
      expect(received.length).toBeLessThanOrEqual(4 * seconds + 2);
      expect(received.length).toBeGreaterThanOrEqual(2 * seconds);
      const mids = received.map(({ data }) => Number(data['mid']));
      expect(mids).toEqual(mids.toSorted((a, b) => a - b));
    }
  });
});
