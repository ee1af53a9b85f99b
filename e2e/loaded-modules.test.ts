import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { createApi, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { PROJECT_ROOT } from '@cnop/testing/system/node-process';
import type { ModuleRecord } from '@cnop/testing/system/record-modules';
import { afterEach, expect, it } from 'vitest';
import { startOneProcess, startOverDynamoDb, temporaryFolder } from './support/platform.ts';

// The libraries of a store, a message bus or a price feed take memory and start time, so a process loads those of its
// settings alone.

const RECORDER = 'packages/testing/dist/system/record-modules.js';
/** It imports its client library statically, as a module of another shape must not. */
const REDIS_ADAPTER = 'packages/common/dist/limits/redis/redis-shared-counter.js';

const AWS = /^@(aws-sdk|aws-crypto|smithy)\//;
const METRICS = /^(prom-client|@opentelemetry\/)/;
const UNUSED_IN_ONE_PROCESS = [AWS, METRICS, /^ioredis$/, /^undici$/, /^ccxt$/, /^csv-parse$/, /^@node-rs\//];
const UNUSED_OVER_DYNAMODB = [
  // The client library of the metrics loads `api`, which has only types and stubs.
  /^@opentelemetry\/(?!api$)/,
  /^lmdb$/,
  /^ioredis$/,
  /^ccxt$/,
  /^csv-parse$/,
  /^@node-rs\//,
];

const cleanup = createCleanup();
afterEach(() => cleanup.run());

type Packages = ReadonlySet<string>;

/** Creates the environment of processes that record their modules, and reads the records once they have ended. */
async function recordModules(more: readonly string[] = []) {
  const folder = await temporaryFolder(cleanup);
  const imports = [RECORDER, ...more].map(
    (file) => `--import=${pathToFileURL(path.join(PROJECT_ROOT, file)).href}`,
  );
  return {
    env: { NODE_OPTIONS: imports.join(' '), MODULE_RECORD_FOLDER: folder },
    /** Returns the packages that the processes of a script loaded. */
    async packagesOf(script: string): Promise<Packages> {
      const records = await Promise.all(
        (await readdir(folder)).map(
          async (file) => JSON.parse(await readFile(path.join(folder, file), 'utf8')) as ModuleRecord,
        ),
      );
      const modules = records.filter((each) => each.script.endsWith(script)).flatMap((each) => each.modules);
      return new Set(modules.flatMap(packageOf));
    },
  };
}

function packageOf(module: string): readonly string[] {
  const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(module)?.[1];
  return name === undefined ? [] : [name];
}

function those(packages: Packages, patterns: readonly RegExp[]): string[] {
  return [...packages].filter((name) => patterns.some((pattern) => pattern.test(name)));
}

it('one process over the embedded store loads no library of another shape', async () => {
  const { env, packagesOf } = await recordModules();
  const platform = await startOneProcess(cleanup, env);
  await signUp(createApi(platform.url));
  await platform.stopAndAudit();

  const packages = await packagesOf('standalone/dist/cli.js');
  expect([...packages]).toEqual(expect.arrayContaining(['fastify', 'lmdb', 'pino']));
  expect(those(packages, UNUSED_IN_ONE_PROCESS)).toEqual([]);
});

it('a library that a module of another shape loads is found', async () => {
  const { env, packagesOf } = await recordModules([REDIS_ADAPTER]);
  const platform = await startOneProcess(cleanup, env);
  await platform.stopAndAudit();

  expect(those(await packagesOf('standalone/dist/cli.js'), UNUSED_IN_ONE_PROCESS)).toEqual(['ioredis']);
});

const reason = whyNoDynamoDb();

it.skipIf(reason)(`processes over DynamoDB load no other store${reason ? ` (${reason})` : ''}`, async () => {
  const { env, packagesOf } = await recordModules();
  const platform = await startOverDynamoDb(cleanup, { env });
  await signUp(platform.api);
  await platform.stopAndAudit();

  for (const service of ['user-service', 'order-service', 'inventory-service']) {
    const packages = await packagesOf(`${service}/dist/server.js`);
    expect([...packages]).toContain('@aws-sdk/client-dynamodb');
    expect(those(packages, UNUSED_OVER_DYNAMODB)).toEqual([]);
  }
  const gateway = await packagesOf('gateway/dist/server.js');
  expect([...gateway]).toContain('undici');
  expect(those(gateway, [AWS, METRICS, ...UNUSED_OVER_DYNAMODB])).toEqual([]);
});
