import { startRedisServer, whyNoRedis } from '@cnop/testing/redis-server';
import type { Account } from '@cnop/testing/system/api-client';
import { expectStatus, signIn, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import { afterEach, describe, expect, it } from 'vitest';
import type { ClusterPlatform } from './support/platform.ts';
import { startOneProcess, startOverLmdb } from './support/platform.ts';
import { cutStreams, hello, open, withSeq } from './support/streams.ts';

afterEach(cutStreams);

it('a change of a price is on every stream that subscribes to it, within a second', async () => {
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

/** Makes a change at one process of the user service and measures the time to a stream of the other. */
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

/** Sets a price at the inventory service and measures the time to a stream of the user service. */
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

  it('find the changes of each other by polling the store', async () => {
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
      // Polling takes at least two seconds.
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
