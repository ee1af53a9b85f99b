import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Username } from '@cnop/common/core/brands';
import { balanceRecord, createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import { aUsd } from '@cnop/testing/builders/brands';
import type { Account } from '@cnop/testing/system/api-client';
import { createApi, freshName, PASSWORD, signIn, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { runNode } from '@cnop/testing/system/node-process';
import { sendRaw } from '@cnop/testing/system/raw-request';
import type { Server } from '@cnop/testing/system/servers';
import { CLI, DEFAULT_ENV, spawnStandalone, startStandaloneServer } from '@cnop/testing/system/servers';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from './support/platform.ts';
import { changeStored, expectSound, readStored } from './support/stored.ts';

const MAX_SHUTDOWN_MILLISECONDS = 10_000;
const REQUESTS_IN_FLIGHT = 60;
/** For a busy machine. */
const PATIENCE = { timeout: 30_000 };

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
      DYNAMODB_ENDPOINT: 'localhost',
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

describe('stopping', () => {
  it('answers accepted requests, accepts no more, and exits in time', async () => {
    const dataDir = await temporaryFolder(cleanup);
    const server = await start(dataDir);
    const account = await signUp(createApi(server.url), { cash: '0.01' });
    const begun = Array.from({ length: REQUESTS_IN_FLIGHT }, () => beginDeposit(server.url, account));
    const load = createLoad(server.url, account);
    await Promise.all(begun.map(({ isRead }) => isRead));
    await expect.poll(() => load.acknowledged.length, PATIENCE).toBeGreaterThan(0);

    const asked = performance.now();
    const ended = server.process.stop('SIGTERM');
    await load.refused;
    const answers = await Promise.all(begun.map((deposit) => deposit.finish()));
    expect(await ended).toEqual({ code: 0, signal: null });
    const milliseconds = Math.round(performance.now() - asked);
    const { acknowledged, unanswered } = load;

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(answers.map(({ connection }) => connection)).toEqual(answers.map(() => 'close'));
    expect(milliseconds).toBeLessThan(MAX_SHUTDOWN_MILLISECONDS);
    expect(server.process.stderr() + server.process.stdout()).not.toContain('"level":"error"');
    await readStored(dataDir, async (store) => {
      await expectSound(store);
      const stored = await descriptionsOf(createBalanceDao(store), account.username);
      expect(acknowledged.filter((description) => !stored.has(description))).toEqual([]);
      // A request that was refused left nothing behind.
      expect(unanswered.filter((description) => stored.has(description))).toEqual([]);
    });
    process.stdout.write(
      `  stopped within ${milliseconds} ms with ${REQUESTS_IN_FLIGHT} requests in flight; ` +
        `${acknowledged.length} others answered, ${unanswered.length} found the door closed\n`,
    );
  });
});

/** Sends half of a deposit, so that it stays in flight until the test sends the rest. */
function beginDeposit(url: string, { token }: Account) {
  const body = JSON.stringify({ amount: '1.00' });
  const sent = request(`${url}/api/v1/balance/deposit`, {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      expect: '100-continue',
    },
  });
  const isRead = once(sent, 'continue');
  sent.write(body.slice(0, 5));
  const answered = once(sent, 'response').then(async ([answer]) => {
    const { statusCode: status, headers, ...response } = answer as IncomingMessage;
    await text(answer as IncomingMessage);
    return { status, connection: headers.connection, response };
  });
  return {
    /** Resolves when the server has read the head of the request. */
    isRead,
    finish() {
      sent.end(body.slice(5));
      return answered;
    },
  };
}

/** Starts clients that send requests, each on a new connection, until connections are refused. */
function createLoad(url: string, { token }: Account) {
  const acknowledged: string[] = [];
  const unanswered: string[] = [];
  const deposit = async (description: string): Promise<boolean> => {
    try {
      const answer = await sendRaw(url, {
        method: 'POST',
        path: '/api/v1/balance/deposit',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ amount: '1.00', description }),
      });
      if (answer.status === 201) acknowledged.push(description);
      return true;
    } catch {
      unanswered.push(description);
      return false;
    }
  };
  const client = async (name: string): Promise<void> => {
    for (let i = 0; await deposit(`${name}, ${i}`); i++);
  };
  const refused = Promise.all(Array.from({ length: 8 }, (_, i) => client(`client ${i}`)));
  /** `refused` resolves when no client gets a connection any more. */
  return { acknowledged, unanswered, refused };
}

async function descriptionsOf(
  balances: ReturnType<typeof createBalanceDao>,
  username: Username,
): Promise<Set<string | null>> {
  const found = new Set<string | null>();
  let after: Awaited<ReturnType<typeof balances.getUserTransactions>>['next'];
  do {
    const page = await balances.getUserTransactions(username, { limit: 100, offset: 0, after });
    for (const { description } of page.items) found.add(description);
    after = page.next;
  } while (after);
  return found;
}

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
