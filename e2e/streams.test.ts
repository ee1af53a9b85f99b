import { setTimeout as wait } from 'node:timers/promises';
import type { Account, Send } from '@cnop/testing/system/api-client';
import { expectStatus, signIn, signUp } from '@cnop/testing/system/api-client';
import type { Cleanup } from '@cnop/testing/system/cleanup';
import { createCleanup } from '@cnop/testing/system/cleanup';
import type { EventStream } from '@cnop/testing/system/event-stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Platform } from './support/platform.ts';
import { startOneProcess, startOverLmdb } from './support/platform.ts';
import { cutStreams, deposit, hello, open, withSeq } from './support/streams.ts';

const CUTS = 20;
const DEPOSITS = 200;
const MAX_STREAMS_PER_USER = 8;
const DRAINED_STREAMS = 50;

afterEach(cutStreams);

/** The greeting carries the id of the event to resume after, and is no event itself. */
const seqs = (stream: EventStream) =>
  stream.frames.flatMap(({ event, id }) => (event === 'hello' || id === undefined ? [] : [Number(id)]));
const upTo = (last: number) => Array.from({ length: last }, (_, i) => 1 + i);
const listed = async ({ send }: Account, after = 0) =>
  (await send('GET', `/events?after=${after}&limit=500`)).json<{
    data: { seq: number }[];
    last_seq: number;
  }>();

function describeStreams(start: (cleanup: Cleanup) => Promise<Platform>): void {
  const cleanup = createCleanup();
  let platform: Platform;
  let api: Send;
  let origin: string;
  beforeAll(async () => {
    platform = await start(cleanup);
    ({ api } = platform);
    origin = `${platform.url}/api/v1`;
  });
  afterAll(() => cleanup.run());

  it(`a client that is cut off ${CUTS} times sees every event once and in order`, async () => {
    const account = await signUp(api);
    const seen: number[] = [];
    let isOver = false;
    const deposits = (async () => {
      for (let i = 0; i < DEPOSITS; i++) await deposit(account);
    })().finally(() => {
      isOver = true;
    });
    let cutsMeanwhile = 0;
    for (let cut = 0; cut < CUTS; cut++) {
      const stream = await open(origin, account, { lastEventId: String(seen.at(-1) ?? 0) });
      expect(stream.status).toBe(200);
      await hello(stream);
      await wait(Math.random() * 20);
      stream.cut();
      seen.push(...seqs(stream));
      if (!isOver) cutsMeanwhile += 1;
    }
    await deposits;
    const last = await open(origin, account, { lastEventId: String(seen.at(-1) ?? 0) });
    await last.waitFor(withSeq(DEPOSITS)).catch((error: unknown) => {
      if (seen.at(-1) !== DEPOSITS) throw error;
    });
    seen.push(...seqs(last));
    expect(seen).toEqual(upTo(DEPOSITS));
    expect(cutsMeanwhile).toBeGreaterThan(CUTS / 4);
    expect(await listed(account, DEPOSITS)).toMatchObject({ data: [], last_seq: DEPOSITS });
  });

  it('a trade is one event, on the streams of its user only', async () => {
    const [account, stranger] = [await signUp(api, { cash: '1000.00' }), await signUp(api)];
    const [stream, other] = [await open(origin, account), await open(origin, stranger)];
    await Promise.all([hello(stream), hello(other)]);
    const body = { asset_id: 'DOGE', order_type: 'market_buy', quantity: '10' };
    const { data: order } = expectStatus(await account.send('POST', '/orders', { body }), 201).json<{
      data: { order_id: string };
    }>();
    const frame = await stream.waitFor(({ event }) => event === 'order.completed');
    expect(frame).toMatchObject({
      id: '2',
      data: {
        username: account.username,
        data: { order: { order_id: order.order_id }, holding: { asset_id: 'DOGE', quantity: '10' } },
      },
    });
    expect((await listed(account)).data.at(-1)).toEqual(frame.data);
    await deposit(stranger);
    await other.waitFor(withSeq(1));
    expect(other.frames.map(({ event }) => event)).toEqual(['hello', 'balance.changed']);
  });

  it('signing out ends the streams of that session within a second, and no others', async () => {
    const leaving = await signUp(api);
    const staying = await signIn(api, leaving.username);
    const gone = [await open(origin, leaving), await open(origin, leaving)];
    const stays = await open(origin, staying);
    await Promise.all([...gone, stays].map(hello));
    const asked = performance.now();
    expectStatus(await leaving.send('POST', '/auth/logout'), 200);
    expect(await Promise.all(gone.map(({ ended }) => ended))).toEqual([true, true]);
    expect(performance.now() - asked).toBeLessThan(1_000);
    for (const { frames } of gone) expect(frames.at(-1)?.event).toBe('session.revoked');
    await stays.waitFor(({ event }) => event === 'session.revoked');
    expect(await open(origin, leaving)).toMatchObject({ status: 401, refusal: { code: 'AUTH_001' } });
    await deposit(staying);
    await stays.waitFor(({ event }) => event === 'balance.changed');
  });

  it('refuses a user more streams than the limit, over any number of connections', async () => {
    const account = await signUp(api);
    const opened = await Promise.all(
      Array.from({ length: MAX_STREAMS_PER_USER + 2 }, () => open(origin, account)),
    );
    const statuses = opened.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(MAX_STREAMS_PER_USER);
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
    opened.find(({ status }) => status === 200)?.cut();
    await expect.poll(async () => (await open(origin, account)).status, { timeout: 2_000 }).toBe(200);
  });

  it(`stopping ends ${DRAINED_STREAMS} streams within a second, and every process exits with 0`, async () => {
    const accounts = await Promise.all(Array.from({ length: 10 }, () => signUp(api)));
    const opened = await Promise.all(
      Array.from({ length: DRAINED_STREAMS }, (_, i) => open(origin, accounts[i % accounts.length]!)),
    );
    await Promise.all(opened.map(hello));
    const asked = performance.now();
    const stopped = platform.stopAndAudit();
    expect(await Promise.all(opened.map(({ ended }) => ended))).toEqual(opened.map(() => true));
    expect(performance.now() - asked).toBeLessThan(1_000);
    await stopped;
  });
}

describe('streams of one process', () => {
  describeStreams(startOneProcess);
});

describe('streams through a separate gateway', () => {
  describeStreams((cleanup) => startOverLmdb(cleanup));
});
