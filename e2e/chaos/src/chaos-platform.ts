import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDynamoDbTableStore } from '@cnop/common/database/dynamodb/dynamodb-table-store';
import type { TableStore } from '@cnop/common/database/table-store';
import { DYNAMODB_SERVER_AWS, startDynamoDbServer } from '@cnop/testing/dynamodb-server';
import type { FaultyProxy } from '@cnop/testing/faulty-proxy';
import { startFaultyProxy } from '@cnop/testing/faulty-proxy';
import type { RedisServer } from '@cnop/testing/redis-server';
import { startRedisServer } from '@cnop/testing/redis-server';
import type { Cleanup } from '@cnop/testing/system/cleanup';
import type { Cluster, ClusterOptions } from '@cnop/testing/system/cluster';
import { startCluster } from '@cnop/testing/system/cluster';

const TABLE_PREFIX = 'chaos-';

/** A cluster whose store and messages can fail. */
export interface ChaosPlatform {
  readonly cluster: Cluster;
  /** Between the processes and their store. */
  readonly store: FaultyProxy;
  readonly redis: RedisServer;
  /** Reads the store, past the proxy. */
  readStore<T>(read: (store: TableStore) => Promise<T>): Promise<T>;
}

/** Starts a cluster over Redis and a DynamoDB-compatible server, whose requests go through a proxy. */
export async function startChaosPlatform(
  cleanup: Cleanup,
  { instances, env = {} }: Pick<ClusterOptions, 'instances' | 'env'>,
): Promise<ChaosPlatform> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'cnop-chaos-'));
  cleanup.defer(() => rm(dataDir, { recursive: true, force: true }));
  const database = await startDynamoDbServer();
  cleanup.defer(() => database.stop());
  const store = await startFaultyProxy(database.endpoint, { forgets: true });
  cleanup.defer(() => store.close());
  const redis = await startRedisServer();
  cleanup.defer(() => redis.stop());
  const cluster = await startCluster({
    dataDir,
    ...(instances && { instances }),
    env: {
      PRICE_FEED: 'simulated',
      PRICE_TICK_MILLISECONDS: '2000',
      SHUTDOWN_DELAY_SECONDS: '1',
      ...env,
      STORE: 'dynamodb',
      DYNAMODB_ENDPOINT: store.endpoint,
      DYNAMODB_TABLE_PREFIX: TABLE_PREFIX,
      REDIS_URL: redis.url.href,
    },
  });
  cleanup.defer(() => cluster.kill());
  return {
    cluster,
    store,
    redis,
    async readStore(read) {
      const aws = { ...DYNAMODB_SERVER_AWS, endpoint: database.endpoint };
      const opened = createDynamoDbTableStore({ aws, tableNamePrefix: TABLE_PREFIX });
      try {
        return await read(opened);
      } finally {
        await opened.close();
      }
    },
  };
}
