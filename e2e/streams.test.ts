import { setTimeout as wait } from 'node:timers/promises';
import { startRedisServer, whyNoRedis } from '@cnop/testing/redis-server';
import type { Account, Send } from '@cnop/testing/system/api-client';
import { expectStatus, signIn, signUp } from '@cnop/testing/system/api-client';
import type { Cleanup } from '@cnop/testing/system/cleanup';
import { createCleanup } from '@cnop/testing/system/cleanup';
import type { EventStream, Frame } from '@cnop/testing/system/event-stream';
import { openEventStream } from '@cnop/testing/system/event-stream';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterPlatform, Platform } from './support/platform.ts';
import { startOneProcess, startOverLmdb } from './support/platform.ts';

const CUTS = 50;
const DEPOSITS = 600;
const MAX_STREAMS_PER_USER = 8;
const DRAINED_STREAMS = 50;

const streams: EventStream[] = [];
afterEach(() => {
  for (const stream of streams.splice(0)) stream.cut();
});

async function open(
  origin: string,
  { token }: Account,
  { query = '', lastEventId }: { readonly query?: string; readonly lastEventId?: string } = {},
): Promise<EventStream> {
  const headers = { authorization: `Bearer ${token}` };
  const stream = await openEventStream(`${origin}/stream${query}`, { headers, lastEventId });
  streams.push(stream);
  return stream;
}

const deposit = async ({ send }: Account) =>
  expectStatus(await send('POST', '/balance/deposit', { body: { amount: '1.00' } }), 201);
const hello = (stream: EventStream) => stream.waitFor(({ event }) => event === 'hello');
const seqs = (stream: EventStream) =>
  stream.frames.flatMap(({ id }) => (id === undefined ? [] : [Number(id)]));
const withSeq = (seq: number) => (frame: Frame) => frame.id === String(seq);
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

  it('a trade is one event, told to nobody else', async () => {
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

  it('is refused to a user who has too many, whatever connections they come on', async () => {
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

  it(`stopping ends ${DRAINED_STREAMS} streams within a second, and every process well`, async () => {
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

describe('streams through a gateway of its own', () => {
  describeStreams((cleanup) => startOverLmdb(cleanup));
});

it('a price that changes is on every stream that wants it, within a second', async () => {
  const cleanup = createCleanup();
  try {
    const { url, api } = await startOneProcess(cleanup);
    const [admin, account] = [await signIn(api, 'admin', ADMIN_PASSWORD), await signUp(api)];
    const [wants, other] = await Promise.all([
      open(`${url}/api/v1`, account, { query: '?prices=DOGE' }),
      open(`${url}/api/v1`, account, { query: '?prices=BTC' }),
    ]);
    await Promise.all([hello(wants), hello(other)]);
    const changed = performance.now();
    expectStatus(await admin.send('PUT', '/inventory/assets/DOGE/price', { body: { price: '0.25' } }), 200);
    const frame = await wants.waitFor(({ event }) => event === 'price.updated');
    expect(frame).toMatchObject({ id: undefined, data: { asset_id: 'DOGE', mid: '0.25' } });
    expect(frame.atMilliseconds - changed).toBeLessThan(1_000);
    expect(other.frames.map(({ event }) => event)).toEqual(['hello']);
  } finally {
    await cleanup.run();
  }
});

/** A change at one process of the user service, and how long it takes to a stream of the other. */
async function measureAcross({ cluster, api }: ClusterPlatform): Promise<number> {
  const account = await signUp(api);
  const [here, there] = cluster.users.map(({ url }) => url) as [string, string];
  const stream = await open(here, account);
  await hello(stream);
  const elsewhere = createSenderTo(there, account);
  const asked = performance.now();
  await elsewhere();
  const frame = await stream.waitFor(withSeq(1));
  return frame.atMilliseconds - asked;
}

/** A price that is set at the inventory service, and how long it takes to a stream of the user service. */
async function measurePrice({ api, url }: ClusterPlatform, price: string): Promise<number> {
  const [admin, account] = [await signIn(api, 'admin', ADMIN_PASSWORD), await signUp(api)];
  const stream = await open(`${url}/api/v1`, account, { query: '?prices=DOGE' });
  await hello(stream);
  const asked = performance.now();
  expectStatus(await admin.send('PUT', '/inventory/assets/DOGE/price', { body: { price } }), 200);
  const frame = await stream.waitFor(({ data }) => data['mid'] === price);
  return frame.atMilliseconds - asked;
}

function createSenderTo(origin: string, { token }: Account): () => Promise<void> {
  return async () => {
    const answer = await fetch(`${origin}/balance/deposit`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ amount: '1.00' }),
    });
    expect(answer.status).toBe(201);
  };
}

describe('two processes of the user service', () => {
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());
  const instances = { user: 2 };

  it('find what the other one did by looking now and then', async () => {
    const platform = await startOverLmdb(cleanup, { instances });
    expect(await measureAcross(platform)).toBeLessThan(6_000);
    await platform.stopAndAudit();
  });

  const reason = whyNoRedis();
  it.skipIf(reason !== undefined)(
    `tell each other at once over Redis, and do without it${reason ? ` (skipped: ${reason})` : ''}`,
    async () => {
      const redis = await startRedisServer();
      cleanup.defer(() => redis.stop());
      const env = { REDIS_URL: redis.url.href };
      const platform = await startOverLmdb(cleanup, { instances, env });
      const delays: number[] = [];
      for (let i = 0; i < 5; i++) delays.push(await measureAcross(platform));
      // Looking now and then takes two seconds at the least.
      expect(Math.max(...delays)).toBeLessThan(500);
      expect(await measurePrice(platform, '0.31')).toBeLessThan(500);
      await redis.stop();
      expect(await measurePrice(platform, '0.32')).toBeLessThan(6_000);
      expect(await measureAcross(platform)).toBeLessThan(6_000);
      await redis.start();
      await expect.poll(() => measureAcross(platform), { timeout: 20_000 }).toBeLessThan(500);
      await platform.stopAndAudit();
    },
  );
});
