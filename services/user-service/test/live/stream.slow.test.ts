import { setTimeout as wait } from 'node:timers/promises';
import type { Frame } from '@cnop/testing/system/event-stream';
import { afterEach, describe, expect, it } from 'vitest';
import {
  deposit,
  hello,
  ids,
  open,
  publish,
  service,
  start,
  stop,
  upTo,
  withSeq,
} from './streams-under-test.ts';

afterEach(stop);

describe('a stream', () => {
  it('cut off and resumed 50 times, shows every event once and in order', async () => {
    await start();
    const alice = await service().signedIn('alice');
    const seen: number[] = [];
    let isCutting = true;
    let made = 0;
    const deposits = (async () => {
      for (; isCutting; made++) await deposit(alice);
    })();
    // On a busy machine events are slow, so more cuts are needed.
    for (let cut = 0; cut < 50 || made <= 50; cut++) {
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
});

describe('a client that does not read', () => {
  const HUGE = Array.from({ length: 400 }, (_, i) => `A${i}`);
  /** More than the socket buffers of a machine hold. */
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
    checkIntervalMilliseconds: 50,
    writeTimeoutMilliseconds: 300,
  };

  it('misses prices, and gets the latest of each asset when it reads again', async () => {
    // The timeout exceeds the duration of the flood, so that the full stream is not cut off.
    await start({ ...limits, writeTimeoutMilliseconds: 60_000 });
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

  it('is cut off when an event finds no room, and resumes after its last event', async () => {
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
    await wait(limits.writeTimeoutMilliseconds + 200);
    stream.resume();
    expect(await stream.ended).toBe(false);
    expect(ids(stream)).toEqual([1]);
    const resumed = await open(headers, { lastEventId: '1' });
    await resumed.waitFor(withSeq(2));
    expect(ids(resumed)).toEqual([2]);
  });

  it('gets a long replay at its own pace', async () => {
    // Less than a page, so that a page waits until the previous one has drained.
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
