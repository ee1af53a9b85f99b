import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROUTE_TABLE } from '../src/route-table.ts';
import type { TestGateway } from './harness.ts';
import { openGateway, SHAPES } from './harness.ts';

const SAMPLE_VALUES: Readonly<Record<string, string>> = {
  ':asset_id': 'BTC',
  ':id': '01998a72-7b1c-7000-8000-000000000000',
  ':username': 'alice_2',
  ':year': '2026',
  ':month': '2026-01',
};

function samplePath(path: string): string {
  return path.replaceAll(/:\w+/g, (name) => SAMPLE_VALUES[name] ?? name);
}

describe.each(SHAPES)('public routes, services %s', (shape) => {
  let gateway: TestGateway;
  let admin: { readonly authorization: string };
  let customer: { readonly authorization: string };

  beforeAll(async () => {
    gateway = await openGateway({ shape });
    admin = await gateway.signIn('root_admin', 'admin');
    customer = await gateway.signIn('alice', 'customer');
  });
  beforeEach(() => {
    gateway.calls.length = 0;
  });
  afterAll(() => gateway.close());

  const request = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${gateway.port}${path}`, init);

  it.each(ROUTE_TABLE)('$method $path reaches the $upstream service', async ({ method, path, upstream }) => {
    const answer = await request(`/api/v1${samplePath(path)}`, { method, headers: admin });
    expect(answer.status).toBe(200);
    expect(gateway.calls).toMatchObject([{ service: upstream, method, url: samplePath(path) }]);
  });

  it.each(ROUTE_TABLE.filter(({ access }) => access !== 'public'))(
    '$method $path needs a token',
    async ({ method, path }) => {
      const answer = await request(`/api/v1${samplePath(path)}`, { method });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(await answer.json()).toMatchObject({
        type: '/errors/AUTH_001',
        code: 'AUTH_001',
        status: 401,
        instance: `/api/v1${samplePath(path)}`,
      });
      expect(gateway.calls).toEqual([]);
    },
  );

  it.each(ROUTE_TABLE.filter(({ access }) => Array.isArray(access)))(
    '$method $path is closed to customers',
    async ({ method, path }) => {
      const answer = await request(`/api/v1${samplePath(path)}`, { method, headers: customer });
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ code: 'AUTH_002', status: 403 });
      expect(gateway.calls).toEqual([]);
    },
  );

  it('forwards the query unchanged', async () => {
    await request('/api/v1/orders?limit=5&cursor=a%2Bb%3D&status=queued', { headers: customer });
    expect(gateway.calls).toMatchObject([{ url: '/orders?limit=5&cursor=a%2Bb%3D&status=queued' }]);
  });

  it('rebuilds the path from the validated parameters', async () => {
    await request('/api/v1/balance/asset/b%74c', { headers: customer });
    expect(gateway.calls).toMatchObject([{ url: '/balance/asset/BTC' }]);
  });

  it('forwards a body unchanged', async () => {
    const body = '{"amount": 1.10, "description":"caf\u00e9"}';
    await request('/api/v1/balance/deposit', {
      method: 'POST',
      headers: { ...customer, 'content-type': 'application/json', 'idempotency-key': 'key-1' },
      body,
    });
    expect(gateway.calls).toMatchObject([
      { body, headers: { 'content-type': 'application/json', 'idempotency-key': 'key-1' } },
    ]);
  });

  it.each([
    ['/api/v1/balance/asset/ABCDEFGHIJKLM', 'asset_id'],
    ['/api/v1/balance/asset/BT!', 'asset_id'],
    ['/api/v1/orders/@', 'id'],
    ['/api/v1/orders/%40', 'id'],
    ['/api/v1/orders/a%2Fb', 'id'],
    ['/api/v1/orders/a%00', 'id'],
    [`/api/v1/orders/${'a'.repeat(1_000)}`, 'id'],
    ['/api/v1/inventory/assets/BTC.USD', 'asset_id'],
  ])('refuses the malformed id of %s', async (path, field) => {
    const answer = await request(path, { headers: customer });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: 'VAL_001', errors: [{ field, parameter: field }] });
    expect(gateway.calls).toEqual([]);
  });

  it.each([
    ['GET', '/'],
    ['GET', '/api/v1'],
    ['GET', '/api/v1/'],
    ['GET', '/api/v1/balance//'],
    ['GET', '/api/v1/Balance'],
    ['GET', '/api/v2/balance'],
    ['GET', '/balance'],
    ['GET', '/metrics'],
    ['GET', '/api/v1/metrics'],
    ['GET', '/api/v1/openapi.json'],
    ['GET', '/.well-known/jwks.json'],
    ['GET', '/api/v1/stream/BTC'],
  ])('does not know %s %s', async (method, path) => {
    const answer = await request(path, { method, headers: admin });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'RES_001', status: 404, instance: path });
    expect(gateway.calls).toEqual([]);
  });

  it.each([
    ['DELETE', '/api/v1/balance', 'GET, HEAD'],
    ['POST', '/api/v1/events', 'GET, HEAD'],
    ['OPTIONS', '/api/v1/balance', 'GET, HEAD'],
    ['GET', '/api/v1/auth/login', 'POST'],
    ['PUT', '/api/v1/orders/some-id/', 'DELETE, GET, HEAD'],
    ['POST', '/docs', 'GET, HEAD'],
  ])('knows %s %s for other methods only', async (method, path, allow) => {
    const answer = await request(path, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    expect(await answer.json()).toMatchObject({ code: 'RES_004', status: 405, instance: path });
    expect(gateway.calls).toEqual([]);
  });

  it('ignores a trailing slash', async () => {
    expect((await request('/api/v1/balance/?a=1', { headers: customer })).status).toBe(200);
    expect(gateway.calls).toMatchObject([{ url: '/balance?a=1' }]);
  });

  it('answers HEAD as GET without a body', async () => {
    const answer = await request('/api/v1/balance', { method: 'HEAD', headers: customer });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
    expect(gateway.calls).toMatchObject([{ method: 'HEAD', url: '/balance' }]);
  });

  it('has no HEAD for a stream, which would never end', async () => {
    const answer = await request('/api/v1/stream', { method: 'HEAD', headers: customer });
    expect(answer.status).toBe(405);
    expect(gateway.calls).toEqual([]);
  });

  it('refuses a URL of more than 2,048 characters', async () => {
    const fits = `/api/v1/orders?cursor=${'a'.repeat(2_048 - '/api/v1/orders?cursor='.length)}`;
    expect((await request(fits, { headers: customer })).status).toBe(200);
    const answer = await request(`${fits}a`, { headers: customer });
    expect(answer.status).toBe(414);
    expect(await answer.json()).toMatchObject({ code: 'VAL_002', status: 414 });
    expect(gateway.calls).toHaveLength(1);
  });

  it('refuses a path with malformed escapes', async () => {
    const answer = await request('/api/v1/orders/%zz', { headers: customer });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.json()).toMatchObject({ code: 'VAL_002', detail: 'The path is not well-formed.' });
  });

  it('refuses foreign, malformed and altered tokens alike', async () => {
    const elsewhere = await openGateway({ shape });
    const foreign = await elsewhere.signIn('alice');
    await elsewhere.close();
    for (const authorization of [
      foreign.authorization,
      'Bearer x',
      'Basic YTpi',
      `${customer.authorization}x`,
    ]) {
      const answer = await request('/api/v1/balance', { headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ code: 'AUTH_001', detail: 'The token is not valid.' });
    }
    expect(gateway.calls).toEqual([]);
  });

  it('sets the headers of every response, whichever part writes it', async () => {
    const paths = [
      '/api/v1/balance',
      '/api/v1/orders/@',
      '/api/v1/nothing',
      '/api/v1/admin/users',
      '/health',
    ];
    for (const path of paths) {
      const answer = await request(path, { headers: { ...customer, 'x-request-id': 'trace-1' } });
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'x-request-id': 'trace-1',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      expect(answer.headers.has('strict-transport-security')).toBe(false);
    }
  });

  it('generates an id for a request without one or with a malformed one', async () => {
    const answer = await request('/api/v1/balance', { headers: { ...customer, 'x-request-id': 'a b' } });
    const id = answer.headers.get('x-request-id');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(gateway.calls[0]?.headers['x-request-id']).toBe(id);
  });
});

it('asks browsers for TLS in production only', async () => {
  const gateway = await openGateway({ isProduction: true });
  const answer = await gateway.app.inject('/health/live');
  expect(answer.headers['strict-transport-security']).toBe('max-age=63072000; includeSubDomains');
  await gateway.close();
});
