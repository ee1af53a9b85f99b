import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { startRedisServer, whyNoRedis } from '@cnop/testing/redis-server';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { afterAll, expect, it } from 'vitest';
import { compareWithStore } from '../chaos/src/compare-store.ts';
import { createOrderLoad } from '../chaos/src/order-load.ts';
import { startOverDynamoDb } from '../support/platform.ts';

/** Sixteen starts of processes; a busy machine takes ten seconds for each. */
const TIMEOUT_MILLISECONDS = 420_000;

const cleanup = createCleanup();
afterAll(() => cleanup.run());

const reason = whyNoDynamoDb() ?? whyNoRedis();

it.skipIf(reason !== undefined)(
  `a rolling restart of every process fails no request and loses no order${reason ? ` (skipped: ${reason})` : ''}`,
  async () => {
    const redis = await startRedisServer();
    cleanup.defer(() => redis.stop());
    const platform = await startOverDynamoDb(cleanup, {
      instances: { gateway: 2, user: 2, order: 2, inventory: 2 },
      env: { REDIS_URL: redis.url.href, SHUTDOWN_DELAY_SECONDS: '1' },
    });
    const { processes } = platform.cluster;
    const load = await createOrderLoad(platform.api, { users: 2, clientsPerUser: 1 });
    const finish = load.observe();
    load.start();
    for (const { process } of processes) {
      await load.nextOrder();
      expect(await process.stop('SIGTERM')).toEqual({ code: 0, signal: null });
      await load.nextOrder();
      await process.start();
    }
    await load.nextOrder();
    await load.pause();
    expect(finish()).toMatchObject({ serverErrors: {}, refused: [] });
    expect(load.acknowledged.length).toBeGreaterThan(2 * processes.length);

    const difference = await platform.read((store) =>
      compareWithStore(store, load.acknowledged, load.usernames),
    );
    expect(difference).toEqual({ lost: 0, doubled: 0 });
    await platform.stopAndAudit();
  },
  TIMEOUT_MILLISECONDS,
);
