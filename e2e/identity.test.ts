import type { OutgoingHttpHeaders } from 'node:http';
import { ROUTE_TABLE } from '@cnop/gateway/route-table';
import type { Account } from '@cnop/testing/system/api-client';
import { signIn, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import type { Answer } from '@cnop/testing/system/raw-request';
import { sendRaw } from '@cnop/testing/system/raw-request';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClusterPlatform } from './support/platform.ts';
import { startOverLmdb } from './support/platform.ts';

const cleanup = createCleanup();
let platform: ClusterPlatform;
let user: Account;
let admin: Account;

beforeAll(async () => {
  platform = await startOverLmdb(cleanup);
  user = await signUp(platform.api, { username: 'identity_user', cash: '12.34' });
  admin = await signIn(platform.api, 'admin', ADMIN_PASSWORD);
});

afterAll(() => cleanup.run());

/** Headers that claim another user, another address or another request. */
const SPOOFS: readonly OutgoingHttpHeaders[] = [
  { 'x-user-id': 'admin' },
  { 'X-USER-ID': ['identity_user', 'admin'] },
  { x_user_id: 'admin' },
  { 'x-user-name': 'admin' },
  { 'x-username': 'admin' },
  { 'x-user-role': 'admin' },
  { 'x-user-roles': 'admin,moderator' },
  { 'x-role': 'admin' },
  { 'x-auth-user': 'admin' },
  { 'x-authenticated-user': 'admin' },
  { 'x-authenticated-userid': 'admin' },
  { 'x-remote-user': 'admin' },
  { remote_user: 'admin' },
  { 'x-internal-request': 'true' },
  { 'x-internal-user': 'admin' },
  { 'x-gateway-auth': 'true' },
  { 'x-service-name': 'gateway' },
  { 'x-forwarded-user': 'admin' },
  { 'x-forwarded-email': 'admin@example.com' },
  { 'x-forwarded-for': '127.0.0.1' },
  { 'x-forwarded-for': '10.0.0.1, 127.0.0.1' },
  { 'x-forwarded-host': 'internal', 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' },
  { 'x-forwarded-prefix': '/admin' },
  { forwarded: 'for=127.0.0.1;by=gateway;host=internal' },
  { 'x-real-ip': '127.0.0.1' },
  { 'x-client-ip': '127.0.0.1', 'true-client-ip': '127.0.0.1' },
  { 'x-original-url': '/admin/users' },
  { 'x-rewrite-url': '/admin/users' },
  { 'x-original-method': 'DELETE' },
  { 'x-http-method-override': 'DELETE' },
  { 'x-http-method': 'PUT', 'x-method-override': 'PATCH' },
  { 'x-session-id': '1', 'x-token-role': 'admin' },
  { 'proxy-authorization': 'Bearer admin' },
  { cookie: 'session=admin; access_token=admin; role=admin' },
  { connection: 'authorization, x-user-id', 'x-user-id': 'admin' },
  { connection: 'close, host, x-request-id' },
  { 'x-api-key': 'admin', apikey: 'admin' },
  { 'x-amzn-oidc-identity': 'admin' },
  { 'x-goog-authenticated-user-email': 'admin@example.com' },
  { 'x-ms-client-principal-name': 'admin' },
];

/** Sends the same request to the gateway and to the service behind it. */
function doors(): readonly { readonly name: string; readonly origin: string; readonly prefix: string }[] {
  const { cluster, url } = platform;
  return [
    { name: 'the gateway', origin: url, prefix: '/api/v1' },
    { name: 'the user service', origin: cluster.users[0]!.url, prefix: '' },
  ];
}

/** Returns an answer without the parts that differ from request to request. */
function said({ status, text }: Answer): unknown {
  const {
    trace_id: _trace,
    timestamp: _time,
    last_updated: _updated,
    ...rest
  } = JSON.parse(text) as Record<string, unknown>;
  return { status, ...rest };
}

it('only the token identifies a user, at the gateway and at a service', async () => {
  const bearer = { authorization: `Bearer ${user.token}` };
  const believed: string[] = [];
  for (const { name, origin, prefix } of doors()) {
    for (const [path, identity] of [
      ['/auth/profile', bearer],
      ['/balance', bearer],
      ['/admin/users', bearer],
      ['/balance', {}],
      ['/admin/users', {}],
    ] as const) {
      const ask = (headers: OutgoingHttpHeaders) =>
        sendRaw(origin, { method: 'GET', path: prefix + path, headers: { ...identity, ...headers } });
      const plain = await ask({});
      const answers = await Promise.all(SPOOFS.map(ask));
      for (const [i, answer] of answers.entries()) {
        if (JSON.stringify(said(answer)) === JSON.stringify(said(plain))) continue;
        believed.push(`${name} ${path} with ${JSON.stringify(SPOOFS[i])}: ${answer.status} ${answer.text}`);
      }
      expect(plain.status).toBe(identity === bearer ? (path === '/admin/users' ? 403 : 200) : 401);
    }
  }
  expect(believed).toEqual([]);
});

it('no header turns one request into another', async () => {
  const body = JSON.stringify({ amount: '1.00' });
  for (const { origin, prefix } of doors()) {
    for (const spoof of SPOOFS) {
      const headers = { ...spoof, authorization: `Bearer ${user.token}`, 'content-type': 'application/json' };
      // The order exceeds the balance, so only the route of orders refuses it this way.
      const path = `${prefix}/balance/withdraw`;
      const answer = await sendRaw(origin, {
        method: 'POST',
        path,
        headers,
        body: body.replace('1.00', '99999.00'),
      });
      expect(answer.json()).toMatchObject({ status: 422, code: 'BUS_001', available: '12.34' });
    }
  }
  expect((await user.send('GET', '/balance')).json()).toMatchObject({ current_balance: '12.34' });
});

/** Authorization headers that are not exactly one valid token. */
function badIdentities(): Record<string, OutgoingHttpHeaders> {
  const [head = '', payload = '', signature = ''] = user.token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  return {
    'no token': {},
    'an empty token': { authorization: 'Bearer ' },
    'another scheme': { authorization: `Basic ${user.token}` },
    'no scheme': { authorization: user.token },
    'two tokens in one header': { authorization: `Bearer ${user.token}, Bearer ${admin.token}` },
    'two headers': { Authorization: [`Bearer ${user.token}`, `Bearer ${admin.token}`] },
    'a refresh token': bearer(user.refreshToken),
    'no signature': bearer(`${head}.${payload}.`),
    'the signature of another token': bearer(`${head}.${payload}.${admin.token.split('.')[2] ?? ''}`),
    'a role that was not signed': bearer(`${head}.${encode({ ...claims, role: 'admin' })}.${signature}`),
    'no algorithm': bearer(`${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.`),
    'a shared secret': bearer(`${encode({ alg: 'HS256', typ: 'at+jwt' })}.${payload}.${signature}`),
    rubbish: bearer('x'.repeat(5_000)),
  };
}

it('every route except public ones requires exactly one valid token', async () => {
  const open: string[] = [];
  for (const { method, path, access } of ROUTE_TABLE) {
    if (access === 'public') continue;
    const url = `/api/v1${path.replace(':asset_id', 'BTC').replace(':username', 'admin').replace(':id', 'x')}`;
    for (const [name, headers] of Object.entries(badIdentities())) {
      const answer = await sendRaw(platform.url, { method, path: url, headers });
      const isClosed = answer.status === 401 && answer.json<{ code: string }>().code === 'AUTH_001';
      if (!isClosed) open.push(`${method} ${path} with ${name}: ${answer.status} ${answer.text}`);
    }
  }
  expect(open).toEqual([]);
});

it('a service requires the same token when it is called directly', async () => {
  const { cluster } = platform;
  const services = [
    [cluster.users[0]!.url, '/balance'],
    [cluster.users[0]!.url, '/admin/users'],
    [cluster.orders[0]!.url, '/orders'],
    [cluster.orders[0]!.url, '/assets/BTC/transactions'],
  ] as const;
  for (const [origin, path] of services) {
    for (const [name, headers] of Object.entries(badIdentities())) {
      const answer = await sendRaw(origin, { method: 'GET', path, headers });
      expect(answer.status, `${path} with ${name}`).toBe(401);
    }
  }
  const path = '/inventory/assets/BTC/deactivate';
  expect((await sendRaw(cluster.inventory.url, { method: 'POST', path })).status).toBe(401);
});

it('routes of administrators refuse all other users', async () => {
  const opened: string[] = [];
  for (const { method, path, access } of ROUTE_TABLE) {
    if (access === 'public' || access === 'user') continue;
    const url = path.replace(':asset_id', 'BTC').replace(':username', 'admin');
    const body = method === 'GET' ? {} : { body: {} };
    const answer = await user.send(method, url, body);
    if (answer.status !== 403) opened.push(`${method} ${path}: ${answer.status} ${answer.text}`);
  }
  expect(opened).toEqual([]);
});

it('internal routes cannot be reached through the gateway', async () => {
  for (const path of ['/metrics', '/api/v1/metrics', '/.well-known/jwks.json', '/api/v1/health/ready']) {
    expect((await sendRaw(platform.url, { method: 'GET', path })).status, path).toBe(404);
  }
});

it('afterwards every process exits with 0 and the audit of the store finds no violation', async () => {
  await platform.stopAndAudit();
});
