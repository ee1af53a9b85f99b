import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import { systemClock } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import type { Health } from '@cnop/common/entities/health';
import { PLATFORM_SUBJECT } from '@cnop/common/entities/user/audit-event';
import { freshName, PASSWORD, registration } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { freePort } from '@cnop/testing/system/free-port';
import { runNode, startNode } from '@cnop/testing/system/node-process';
import type { Answer } from '@cnop/testing/system/raw-request';
import { sendRaw } from '@cnop/testing/system/raw-request';
import type { Server } from '@cnop/testing/system/servers';
import { CLI, startServer, TEST_ENV } from '@cnop/testing/system/servers';
import { afterEach, expect, it } from 'vitest';
import { temporaryFolder } from '../support/platform.ts';
import { readStored } from '../support/stored.ts';

// A service checks tokens with the public keys of the user service, which may be away when it starts.

const GATEWAY_SECRET = 'whole-system-test-0123456789abcdef';
const PATIENCE = { timeout: 60_000 };

type Env = Readonly<Record<string, string>>;

const cleanup = createCleanup();
afterEach(() => cleanup.run());

async function start(service: string, cwd: string, env: Env = {}): Promise<Server> {
  const script = `services/${service}/dist/server.js`;
  const server = await startServer({ script, cwd, env: { DATA_DIR: cwd, GATEWAY_SECRET, ...env } });
  cleanup.defer(() => server.process.stop());
  return server;
}

function post(server: Server, target: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return sendRaw(server.url, { method: 'POST', path: target, headers, body: JSON.stringify(body) });
}

/** Registers a user and returns a token. */
async function signUp(users: Server, username = freshName()): Promise<string> {
  expect((await post(users, '/auth/register', registration(username))).status).toBe(201);
  return signIn(users, username);
}

async function signIn(users: Server, username: string): Promise<string> {
  const answer = await post(users, '/auth/login', { username, password: PASSWORD });
  expect(answer.status).toBe(200);
  return answer.json<{ access_token: string }>().access_token;
}

async function statusOf(server: Server, path: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await sendRaw(server.url, { method: 'GET', path, headers })).status;
}

const listOrders = (orders: Server, token: string) => statusOf(orders, '/orders', token);
const readBalance = (users: Server, token: string) => statusOf(users, '/balance', token);

async function readiness(url: string): Promise<{ status: number; health: Health }> {
  const answer = await fetch(`${url}/health/ready`);
  return { status: answer.status, health: (await answer.json()) as Health };
}

it('a service checks tokens while the user service is away, once it has kept its keys; before, it is not ready', async () => {
  const dataDir = await temporaryFolder(cleanup);
  const port = await freePort();
  const away = startNode({
    script: 'services/order-service/dist/server.js',
    cwd: dataDir,
    env: {
      ...TEST_ENV,
      DATA_DIR: dataDir,
      GATEWAY_SECRET,
      PORT: `${port}`,
      JWKS_URL: 'http://127.0.0.1:2/keys',
    },
  });
  cleanup.defer(() => away.stop());
  await expect
    .poll(() => readiness(`http://127.0.0.1:${port}`).catch(() => undefined), PATIENCE)
    .toMatchObject({
      status: 503,
      health: {
        status: 'unhealthy',
        checks: { store: 'up', token_keys: 'down' },
        reasons: { token_keys: expect.stringContaining('No public keys are known') as string },
      },
    });

  const users = await start('user-service', dataDir);
  const token = await signUp(users);
  // The first address never answers.
  const env = { JWKS_URL: `http://127.0.0.1:2/keys,${users.url}/.well-known/jwks.json` };
  const first = await start('order-service', dataDir, env);
  expect(await listOrders(first, token)).toBe(200);
  await Promise.all([away, first.process, users.process].map((process) => process.stop('SIGTERM')));

  const second = await start('order-service', dataDir, env);
  expect(await listOrders(second, token)).toBe(200);
  expect(await second.process.stop('SIGTERM')).toEqual({ code: 0, signal: null });
});

it('running services follow the commands that rotate and retire keys, which the audit log records', async () => {
  const dataDir = await temporaryFolder(cleanup);
  const users = await start('user-service', dataDir);
  const JWKS_URL = `${users.url}/.well-known/jwks.json`;
  const orders = await start('order-service', dataDir, { JWKS_URL });
  const username = freshName();
  const token = await signUp(users, username);
  expect(await listOrders(orders, token)).toBe(200);
  const keys = (...args: string[]) =>
    runNode({ script: CLI, args: ['keys', ...args], cwd: dataDir, env: { DATA_DIR: dataDir } });
  const old = keyIdOf(token);
  expect((await keys('list')).stdout).toMatch(new RegExp(`${old} .* signing`));

  const rotated = await keys('rotate', '--overlap', '0');
  expect(rotated).toMatchObject({ code: 0, stderr: '' });
  const added = /Added the key (\S+),/.exec(rotated.stdout)?.[1] ?? '';
  const published = async () => (await fetch(JWKS_URL)).text();
  await expect.poll(published, PATIENCE).toContain(added);
  const latest = await signIn(users, username);
  expect(keyIdOf(latest)).toBe(added);
  for (const each of [latest, token]) expect(await listOrders(orders, each)).toBe(200);
  expect((await keys('list')).stdout).toMatch(new RegExp(`${old} .* verifying until `));

  expect((await keys('retire')).stdout).toContain('No key to retire');
  const refused = await keys('retire', old);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/^The key \S+ is verifying until .*--compromised.*\n$/);
  expect(await keys('retire', old, '--compromised')).toMatchObject({ code: 0, stderr: '' });
  await expect.poll(() => readBalance(users, token), PATIENCE).toBe(401);
  expect(await readBalance(users, latest)).toBe(200);

  await Promise.all([orders, users].map(({ process }) => process.stop('SIGTERM')));
  await readStored(dataDir, async (store) => {
    const audit = createAuditLogger({ store, clock: systemClock, ids: systemIds });
    const { items } = await audit.byUser(PLATFORM_SUBJECT, { limit: 10 });
    expect(items.map(({ detail }) => detail)).toEqual([
      { action: 'retire_signing_key', key_id: old, was: 'verifying' },
      expect.objectContaining({ action: 'rotate_signing_key', key_id: added }),
    ]);
  });
});

function keyIdOf(token: string): string {
  const [header = ''] = token.split('.');
  return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid;
}
