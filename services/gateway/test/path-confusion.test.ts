import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROUTE_TABLE } from '../src/route-table.ts';
import type { TestGateway } from './harness.ts';
import { openGateway, SHAPES, sendRaw } from './harness.ts';

/** Request targets as in the first line of a request. */
const CONFUSING_TARGETS = [
  '/api/v1/../metrics',
  '/api/v1/../v1/balance/../../../metrics',
  '/api/v1/balance/..',
  '/api/v1/balance/../metrics',
  '/api/v1/balance/../admin/users',
  '/api/v1/orders/..',
  '/api/v1/orders/../metrics',
  '/api/v1/orders/../../metrics',
  '/api/v1/orders/.',
  '/api/v1/./balance',
  '/api/./v1/metrics',
  '/../metrics',
  '/..',
  '/.',
  '/api/v1/%2e%2e/metrics',
  '/api/v1/%2E%2E/metrics',
  '/api/v1/.%2e/metrics',
  '/api/v1/%2e/metrics',
  '/api/v1/orders/%2e%2e',
  '/api/v1/orders/%2e%2e/metrics',
  '/api/v1/orders/%2e%2e%2fmetrics',
  '/api/v1/orders/..%2fmetrics',
  '/api/v1/orders/..%2F..%2Fmetrics',
  '/api/v1/orders/x%2f..%2f..%2fmetrics',
  '/api/v1/%252e%252e/metrics',
  '/api/v1/orders/%252e%252e%252fmetrics',
  '/api/v1/orders/%25252e%25252e',
  '/api/v1/orders/%c0%ae%c0%ae%c0%afmetrics',
  '/api/v1/orders/%e0%80%ae',
  '/api/v1/orders/%uff0e%uff0e',
  '/api/v1/;x/metrics',
  '/api/v1;x/metrics',
  '/api/v1/metrics;x',
  '/api/v1/orders/..;/metrics',
  '/api/v1/orders/;/metrics',
  '/;/metrics',
  '/api/v1\\metrics',
  '/api/v1/..\\metrics',
  '/api/v1/orders\\..\\metrics',
  '/api\\v1\\metrics',
  '\\metrics',
  '/api/v1/orders/..%5cmetrics',
  '/api/v1/%5c..%5cmetrics',
  '//metrics',
  '//api/v1/metrics',
  '/api//v1/metrics',
  '/api/v1//metrics',
  '/api/v1//admin//users',
  '///metrics',
  '//evil.example/api/v1/metrics',
  '/api/v1/http://evil.example/',
  '/api/v1/orders/http:%2f%2fevil.example',
  '/api/v1/orders/%00',
  '/api/v1/orders/x%00y',
  '/api/v1/%00/metrics',
  '/%00/metrics',
  '/metrics%00',
  '/api/v1/orders/%0d%0aX-User-Role:%20admin',
  '/api/v1/orders/%20',
  '/%6detrics',
  '/%61pi/v1/metrics',
  '/%61%70%69/%76%31/metrics',
  '/api%2fv1%2fmetrics',
  '/api%2Fv1/metrics',
  '/%2fmetrics',
  '/%2e%2e/%2e%2e/metrics',
  '/api/v1/health/ready',
  '/api/v1/orders/%zz',
  '/api/v1/orders/%',
  '/api/v1/metrics?x=/../../balance',
  '/metrics#/api/v1/balance',
  '/metrics?/api/v1/balance',
  'http://evil.example/metrics',
  'http://127.0.0.1/metrics',
  'http://user:pass@127.0.0.1/metrics',
  'https://evil.example:443/metrics',
  'ftp://evil.example/metrics',
  'metrics',
  'api/v1/metrics',
  '*',
  '?/metrics',
  '/API/V1/metrics',
  '/api/v1/METRICS',
  '/api/v1/metrics/',
  '/api/v1/metrics.json',
];

const SERVICE_PATHS = ROUTE_TABLE.map(
  ({ path }) => new RegExp(`^${path.replaceAll(/:\w+/g, '[A-Za-z0-9_-]+')}(?:\\?.*)?$`),
);

describe.each(SHAPES)('confusing paths, services %s', (shape) => {
  let gateway: TestGateway;
  let authorization: string;

  beforeAll(async () => {
    gateway = await openGateway({ shape });
    ({ authorization } = await gateway.signIn('root_admin', 'admin'));
  });
  beforeEach(() => {
    gateway.calls.length = 0;
  });
  afterAll(() => gateway.close());

  const send = (target: string) =>
    sendRaw(
      gateway.port,
      `GET ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`,
    );

  it.each(CONFUSING_TARGETS)('%s reaches no service', async (target) => {
    const answer = await send(target);
    expect([400, 404, 422]).toContain(answer.status);
    expect(answer.head).toContain('content-type: application/problem+json');
    expect(gateway.calls).toEqual([]);
  });

  // Other spellings of a path in the table may be forwarded, but only as exactly that path.
  it.each([
    '/%61pi/v1/balance',
    '/api/v1/%62alance',
    'http://evil.example/api/v1/balance',
    '/api/v1/balance?x=/../../metrics',
    '/api/v1/balance?http://evil.example',
    '/api/v1/balance#/../metrics',
    '/api/v1/orders/%61bc',
    '/api/v1/inventory/assets/%62tc',
  ])('%s arrives at a route of the table or nowhere', async (target) => {
    await send(target);
    for (const { url } of gateway.calls)
      expect(SERVICE_PATHS.some((pattern) => pattern.test(url))).toBe(true);
    expect(gateway.calls.length).toBeLessThanOrEqual(1);
  });
});
