import type { Health } from '@cnop/common/entities/health';
import type { RedisServer } from '@cnop/testing/redis-server';
import { startRedisServer, whyNoRedis } from '@cnop/testing/redis-server';
import type { Account } from '@cnop/testing/system/api-client';
import { expectStatus, removeSpreads, signIn, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import type { EventStream } from '@cnop/testing/system/event-stream';
import { openEventStream } from '@cnop/testing/system/event-stream';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterPlatform } from '../support/platform.ts';
import { answersOfEveryProcess, startOverLmdb } from '../support/platform.ts';

const PATIENCE = { timeout: 30_000, interval: 50 };
const ATTEMPTS_PER_MINUTE = 1_000;

const reason = whyNoRedis();
if (reason !== undefined) process.stderr.write(`skipped: ${reason}\n`);

describe.skipIf(reason !== undefined)(
  `a cluster that loses Redis${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    const cleanup = createCleanup();
    let redis: RedisServer;
    let platform: ClusterPlatform;
    let admin: Account;
    let user: Account;
    let stream: EventStream;
    let price = 100;

    beforeAll(async () => {
      redis = await startRedisServer();
      cleanup.defer(() => redis.stop());
      platform = await startOverLmdb(cleanup, {
        instances: { user: 2 },
        env: { REDIS_URL: redis.url.href, RATE_LIMIT_AUTH: `${ATTEMPTS_PER_MINUTE}` },
      });
      admin = await signIn(platform.api, 'admin', ADMIN_PASSWORD);
      await removeSpreads(admin);
      user = await signUp(platform.api, { cash: '1000000.00' });
      const headers = { authorization: `Bearer ${user.token}` };
      stream = await openEventStream(`${platform.url}/api/v1/stream?prices=BTC`, { headers });
      cleanup.defer(() => {
        stream.cut();
        return Promise.resolve();
      });
    });
    afterAll(() => cleanup.run());

    const healthOfAll = () =>
      Promise.all(
        platform.cluster.processes.map(async ({ url }) => {
          const answer = await fetch(`${url}/health`);
          const { status, details } = (await answer.json()) as Health;
          const ready = await fetch(`${url}/health/ready`);
          return { status, redis: details?.['redis'], ready: ready.status };
        }),
      );
    const expectHealth = async (expected: Awaited<ReturnType<typeof healthOfAll>>[number]) => {
      await expect.poll(healthOfAll, PATIENCE).toEqual(platform.cluster.processes.map(() => expected));
    };

    /** Sets another price, and expects that orders are filled at it and that the stream tells both. */
    const expectTrading = async (): Promise<void> => {
      price += 1;
      const text = `${price}`;
      const change = { price: `${text}.00`, force: true };
      expectStatus(await admin.send('PUT', '/inventory/assets/BTC/price', { body: change }), 200);
      const body = { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.01' };
      const answer = expectStatus(await user.send('POST', '/orders', { body }), 201);
      const { data } = answer.json<{ data: { order_id: string; executed_price: string } }>();
      expect(Number(data.executed_price)).toBe(price);
      await stream.waitFor(({ data: told }) => JSON.stringify(told).includes(data.order_id));
      await stream.waitFor(
        ({ event, data: told }) => event === 'price.updated' && Number(told['mid']) === price,
      );
    };

    /** Ends a session, and expects that every process refuses it. */
    const expectRevocation = async (session: Account): Promise<void> => {
      expectStatus(await session.send('POST', '/auth/logout'), 200);
      for (const route of ['/balance', '/orders']) {
        const refusals = async () =>
          (await answersOfEveryProcess(() => session.send('GET', route))).map(({ status }) => status);
        await expect.poll(async () => new Set(await refusals()), PATIENCE).toEqual(new Set([401]));
      }
    };

    const signInAgain = () => signIn(platform.api, user.username);

    it('works with it, and every process says so', async () => {
      await expectHealth({ status: 'healthy', redis: 'up', ready: 200 });
      await expectTrading();
      await expectRevocation(await signInAgain());
    });

    it('trades, streams and ends sessions without it, refuses sign-ins, and says that it is degraded', async () => {
      const session = await signInAgain();
      await redis.stop();
      await expectHealth({ status: 'degraded', redis: 'down', ready: 200 });
      await expectTrading();
      await expectRevocation(session);
      await expect(signInAgain()).rejects.toThrow('expected 200, got 503');
    });

    it('works as before once it is back', async () => {
      await redis.start();
      await expectHealth({ status: 'healthy', redis: 'up', ready: 200 });
      await expectTrading();
      await expectRevocation(await signInAgain());
    });

    it('afterwards every process exits with 0 and the audit of the store finds no violation', async () => {
      stream.cut();
      await platform.stopAndAudit();
    });
  },
);
