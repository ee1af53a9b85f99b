import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TableStore } from '@cnop/common/database/table-store';
import { startDynamoDbServer } from '@cnop/testing/dynamodb-server';
import type { Send } from '@cnop/testing/system/api-client';
import { createApi } from '@cnop/testing/system/api-client';
import type { Cleanup } from '@cnop/testing/system/cleanup';
import type { Cluster, ClusterOptions } from '@cnop/testing/system/cluster';
import { startCluster } from '@cnop/testing/system/cluster';
import { startStandaloneServer } from '@cnop/testing/system/servers';
import { expect } from 'vitest';
import { expectSound, readDynamoDb, readStored } from './stored.ts';

/** The platform in one of its shapes. */
export interface Platform {
  /** The origin of the gateway. */
  readonly url: string;
  readonly api: Send;
  /** Stops every process, expects exit code 0, and audits the store. */
  stopAndAudit(): Promise<void>;
}

export interface ClusterPlatform extends Platform {
  readonly cluster: Cluster;
}

/** A cluster over a server with the protocol of DynamoDB. */
export interface DynamoDbPlatform extends ClusterPlatform {
  /** Reads the store. */
  read<T>(read: (store: TableStore) => Promise<T>): Promise<T>;
  /** The address of that server. */
  readonly endpoint: string;
}

/** Creates a folder that the cleanup deletes. */
export async function temporaryFolder(cleanup: Cleanup): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cnop-e2e-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts the platform in one process, over the embedded store. */
export async function startOneProcess(
  cleanup: Cleanup,
  env: Readonly<Record<string, string>> = {},
): Promise<Platform & { readonly dataDir: string; readonly output: () => string }> {
  const dataDir = await temporaryFolder(cleanup);
  const server = await startStandaloneServer({ dataDir, env });
  cleanup.defer(() => server.process.stop());
  return {
    url: server.url,
    api: createApi(server.url),
    dataDir,
    output: server.process.stdout,
    async stopAndAudit() {
      expect(await server.process.stop('SIGTERM')).toEqual({ code: 0, signal: null });
      await readStored(dataDir, expectSound);
    },
  };
}

/** More requests than a service has processes, among which the gateway spreads them. */
const REQUESTS_TO_EVERY_PROCESS = 4;

/** Sends a request to every process of its service and returns the answers. */
export function answersOfEveryProcess<Answer>(request: () => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: REQUESTS_TO_EVERY_PROCESS }, request));
}

type ClusterChoices = Pick<ClusterOptions, 'instances' | 'env' | 'gatewayEnv'>;

/** Starts gateway and services as processes, over one folder of the embedded store. */
export async function startOverLmdb(
  cleanup: Cleanup,
  choices: ClusterChoices = {},
): Promise<ClusterPlatform & { readonly dataDir: string }> {
  const dataDir = await temporaryFolder(cleanup);
  const platform = await startProcesses(cleanup, { ...choices, dataDir }, () =>
    readStored(dataDir, expectSound),
  );
  return { ...platform, dataDir };
}

/** Starts gateway and services as processes, over a server with the protocol of DynamoDB. */
export async function startOverDynamoDb(
  cleanup: Cleanup,
  choices: ClusterChoices = {},
): Promise<DynamoDbPlatform> {
  const database = await startDynamoDbServer();
  cleanup.defer(() => database.stop());
  const prefix = `e2e-${randomUUID().slice(0, 8)}-`;
  const env = {
    // At each price, an engine queries four indexes of each of the 50 traded assets.
    PRICE_TICK_MILLISECONDS: '5000',
    ...choices.env,
    STORE: 'dynamodb',
    DYNAMODB_ENDPOINT: database.endpoint,
    DYNAMODB_TABLE_PREFIX: prefix,
  };
  const dataDir = await temporaryFolder(cleanup);
  const platform = await startProcesses(cleanup, { ...choices, dataDir, env }, () =>
    readDynamoDb(database.endpoint, prefix, expectSound),
  );
  return {
    ...platform,
    endpoint: database.endpoint,
    read: (read) => readDynamoDb(database.endpoint, prefix, read),
  };
}

async function startProcesses(
  cleanup: Cleanup,
  options: ClusterOptions,
  audit: () => Promise<void>,
): Promise<ClusterPlatform> {
  const cluster = await startCluster(options);
  cleanup.defer(() => cluster.kill());
  return {
    url: cluster.url,
    api: createApi(cluster.url),
    cluster,
    async stopAndAudit() {
      const codes = await cluster.stop();
      expect(codes.filter((code) => code !== 0)).toEqual([]);
      await audit();
    },
  };
}
