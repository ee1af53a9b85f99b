import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import path from 'node:path';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { aUsd } from '@cnop/testing/builders/brands';
import { createApi, freshName, PASSWORD, signIn, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { runNode } from '@cnop/testing/system/node-process';
import type { Server } from '@cnop/testing/system/servers';
import { CLI, DEFAULT_ENV, spawnStandalone, startStandaloneServer } from '@cnop/testing/system/servers';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from './support/platform.ts';
import { changeStored } from './support/stored.ts';

const cleanup = createCleanup();
afterEach(() => cleanup.run());

async function start(dataDir: string, env?: Readonly<Record<string, string>>): Promise<Server> {
  const server = await startStandaloneServer({ dataDir, ...(env && { env }) });
  cleanup.defer(() => server.process.stop());
  return server;
}

function cnop(dataDir: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return runNode({ script: CLI, args, cwd: dataDir, env: { DATA_DIR: dataDir, ...env } });
}

describe('starting', () => {
  it('the first start creates keys that only their owner can read, and an administrator, whose password it prints once', async () => {
    const dataDir = await temporaryFolder(cleanup);
    const first = await start(dataDir, DEFAULT_ENV);
    const password = /Administrator admin, password (\S+)/.exec(first.process.stdout())?.[1];
    const admin = await signIn(createApi(first.url), 'admin', password);
    expect((await admin.send('GET', '/admin/users')).status).toBe(200);

    const keys = path.join(dataDir, 'keys');
    expect((await stat(keys)).mode & 0o777).toBe(0o700);
    for (const file of await readdir(keys))
      expect((await stat(path.join(keys, file))).mode & 0o777).toBe(0o600);
    for (const file of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      expect(
        (await readFile(path.join(file.parentPath, file.name))).includes(password ?? ''),
        file.name,
      ).toBe(false);
    }
    await first.process.stop('SIGTERM');

    const second = await start(dataDir, DEFAULT_ENV);
    expect(second.process.stdout()).not.toContain('password');
    // The keys are the same, so is the session.
    expect((await createApi(second.url)('GET', '/admin/users', { token: admin.token })).status).toBe(200);
    await signIn(createApi(second.url), 'admin', password);
    expect(second.process.stderr()).toBe('');
  });

  it('every invalid setting is named, and nothing is created', async () => {
    const dataDir = await temporaryFolder(cleanup);
    const wrong = {
      PORT: 'eighty',
      STORE: 'paper',
      LOG_LEVEL: 'loud',
      BCRYPT_COST: '3',
      RATE_LIMIT_READS: '-1',
      CORS_ORIGINS: 'https://app.example.com/path',
      DYNAMODB_ENDPOINT: 'ftp://localhost',
    };
    const { code, stdout, stderr } = await cnop(dataDir, ['start'], wrong);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    for (const name of Object.keys(wrong)) expect(stderr).toContain(name);
    expect(stderr).not.toContain('    at ');
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('settings for a laptop are refused in production', async () => {
    const dataDir = await temporaryFolder(cleanup);
    const env = { NODE_ENV: 'production', BCRYPT_COST: '4', DEMO_ACCOUNTS: 'on', PRICE_FEED: 'simulated' };
    const limits = { RATE_LIMIT_AUTH: '0', RATE_LIMIT_ORDERS: '0', RATE_LIMIT_READS: '0' };
    const { code, stderr } = await cnop(dataDir, ['start'], { ...env, ...limits });
    expect(code).toBe(1);
    const named = ['BCRYPT_COST', 'SIGNING_KEY_FILE', 'DEMO_ACCOUNTS', 'ALLOW_SIMULATED_PRICES'];
    for (const setting of [...named, ...Object.keys(limits)]) expect(stderr).toContain(`${setting}: `);
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('a store that cannot be reached is a line that names the endpoint, and nothing else', async () => {
    const dataDir = await temporaryFolder(cleanup);
    const env = { STORE: 'dynamodb', DYNAMODB_ENDPOINT: 'localhost:2' };
    const service = { script: 'services/order-service/dist/server.js', cwd: dataDir };
    const ends = await Promise.all([
      cnop(dataDir, ['start'], env),
      cnop(dataDir, ['catalogue', 'load'], env),
      runNode({ ...service, env: { ...env, LOG_LEVEL: 'silent', DATA_DIR: dataDir } }),
    ]);
    for (const { code, stderr } of ends) {
      expect(code).toBe(1);
      // Below it the SDK may warn of the version of Node.
      expect(stderr.split('\n').filter((line) => line.includes('DynamoDB'))).toEqual([
        'DynamoDB at http://localhost:2/ refuses connections (ECONNREFUSED). Start the server or correct DYNAMODB_ENDPOINT.',
      ]);
      expect(stderr).not.toContain('    at ');
    }
  });

  it('a port in use is explained without a stack', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    cleanup.defer(() => taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const second = spawnStandalone({ dataDir: await temporaryFolder(cleanup), port });
    expect((await second.exit).code).toBe(1);
    expect(second.stderr()).toContain(`${port}`);
    expect(second.stderr()).toContain('PORT');
    expect(second.stderr()).not.toContain('    at ');
  });
});

describe('the command line', () => {
  it('plays the demo against a running server, and leaves a store without violations', async () => {
    const dataDir = await temporaryFolder(cleanup);
    const server = await start(dataDir);
    const { code, stdout, stderr } = await cnop(dataDir, ['demo', '--url', server.url]);
    expect(stderr).toBe('');
    expect(stdout).toContain(server.url);
    expect(code).toBe(0);
    // The audit runs in another process, beside the server.
    const verified = await cnop(dataDir, ['verify', '--json']);
    expect(verified.code).toBe(0);
    expect(JSON.parse(verified.stdout)).toMatchObject({ violation_count: 0, violations: [] });

    await server.process.stop('SIGTERM');
    const unanswered = await cnop(dataDir, ['demo', '--url', server.url]);
    expect(unanswered.code).toBe(1);
    expect(unanswered.stdout + unanswered.stderr).not.toContain('    at ');
  });

  it('verify names the items that break a rule, and fails', async () => {
    const dataDir = await temporaryFolder(cleanup);
    const server = await start(dataDir);
    const { username } = await signUp(createApi(server.url), {
      username: freshName('broken'),
      cash: '100.00',
    });
    await server.process.stop('SIGTERM');
    const sound = await cnop(dataDir, ['verify', '--data-dir', dataDir]);
    expect(sound.code, sound.stdout).toBe(0);

    await changeStored(dataDir, async (store) => {
      const key = balanceRecord.key({ username });
      await store.transact({ balance: key }, ({ balance }) => {
        const broken = { ...balanceRecord.read(balance!), current_balance: aUsd('1000000.00') };
        return { writes: [balanceRecord.replace(broken)], result: undefined };
      });
    });
    const { code, stdout } = await cnop(dataDir, ['verify', '--data-dir', dataDir, '--json']);
    expect(code).toBe(1);
    const { violations } = JSON.parse(stdout) as { violations: { rule: string; keys: string[] }[] };
    expect(violations.map(({ rule }) => rule)).toContain('balance-current');
    expect(violations.flatMap(({ keys }) => keys)).toContain(`users/${username}/BALANCE`);
    const shown = await cnop(dataDir, ['verify', '--data-dir', dataDir]);
    expect(shown.code).toBe(1);
    expect(shown.stdout).toContain(`users/${username}/BALANCE`);
  });

  it('creates further administrators, whose password it prints once', async () => {
    const dataDir = await temporaryFolder(cleanup);
    const args = ['admin', 'create', '--username', 'grace', '--email', 'grace@example.com'];
    const made = await cnop(dataDir, args);
    expect(made.code).toBe(0);
    const password = /password (\S+)/.exec(made.stdout)?.[1];
    const again = await cnop(dataDir, args, { ADMIN_PASSWORD: PASSWORD });
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('taken');
    expect(again.stderr).not.toContain('    at ');

    const server = await start(dataDir);
    const grace = await signIn(createApi(server.url), 'grace', password);
    expect((await grace.send('GET', '/admin/users')).status).toBe(200);
  });
});
