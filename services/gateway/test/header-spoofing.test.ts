import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestGateway } from './harness.ts';
import { openGateway, SHAPES, sendRaw } from './harness.ts';

/** The only headers that reach a service. Over HTTP the connection adds two of its own. */
const KNOWN_HEADERS = new Set([
  'accept',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'host',
  'idempotency-key',
  'last-event-id',
  'transfer-encoding',
  'user-agent',
  'x-forwarded-for',
  'x-request-id',
]);

const SPOOFED_HEADERS = [
  'X-User-Id: root_admin',
  'X-User-ID: root_admin',
  'x-user-id: root_admin',
  'X_User_Id: root_admin',
  'X-User-Role: admin',
  'X-User-Roles: admin',
  'X_USER_ROLE: admin',
  'X-User-Role: admin\r\nX-User-Role: customer',
  'X-Username: root_admin',
  'X-Auth-User: root_admin',
  'X-Auth-Request-User: root_admin',
  'X-Authenticated-User: root_admin',
  'X-Authenticated-Userid: root_admin',
  'X-Remote-User: root_admin',
  'Remote-User: root_admin',
  'X-Role: admin',
  'X-Session-Id: 1',
  'X-Internal-User: root_admin',
  'X-Internal-Request: true',
  'X-Internal-Token: secret',
  'X-Gateway-Authenticated: true',
  'X-Service-Token: secret',
  'X-Api-Key: secret',
  'X-Forwarded-User: root_admin',
  'X-Forwarded-Email: root@example.com',
  'X-Forwarded-For: 10.0.0.1',
  'X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 10.0.0.2',
  'x_forwarded_for: 10.0.0.1',
  'X-Forwarded-Host: evil.example',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Port: 443',
  'X-Forwarded-Prefix: /admin',
  'X-Forwarded-Uri: /admin/users',
  'X-Forwarded-Method: DELETE',
  'Forwarded: for=10.0.0.1;host=evil.example',
  'X-Real-IP: 10.0.0.1',
  'X-Client-IP: 10.0.0.1',
  'X-Cluster-Client-IP: 10.0.0.1',
  'True-Client-IP: 10.0.0.1',
  'CF-Connecting-IP: 10.0.0.1',
  'Via: 1.1 evil',
  'X-Original-URL: /admin/users',
  'X-Original-URI: /admin/users',
  'X-Rewrite-URL: /admin/users',
  'X-HTTP-Method-Override: DELETE',
  'X-HTTP-Method: DELETE',
  'X-Method-Override: DELETE',
  'Cookie: session=root_admin',
  'Proxy-Authorization: Bearer x',
  'Accept-Version: 2',
  'Accept-Encoding: gzip',
  'TE: trailers',
  'Upgrade: websocket',
  'Connection: close, Authorization\r\nX-Nothing: 1',
  'Connection: close, X-Request-ID\r\nX-Nothing: 1',
  'Keep-Alive: timeout=1000',
  '__proto__: admin',
  'constructor: admin',
];

describe.each(SHAPES)('headers of a client, services %s', (shape) => {
  let gateway: TestGateway;
  let authorization: string;

  beforeAll(async () => {
    gateway = await openGateway({ shape });
    ({ authorization } = await gateway.signIn('alice'));
  });
  beforeEach(() => {
    gateway.calls.length = 0;
  });
  afterAll(() => gateway.close());

  it.each(SPOOFED_HEADERS)('%j changes nothing', async (spoofed) => {
    const answer = await sendRaw(
      gateway.port,
      `GET /api/v1/balance HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n${spoofed}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer.status).toBe(200);
    expect(gateway.calls).toMatchObject([
      { method: 'GET', url: '/balance', headers: { authorization, 'x-forwarded-for': '127.0.0.1' } },
    ]);
    const names = gateway.calls.flatMap(({ headers, rawHeaders }) => [
      ...Object.keys(headers),
      ...rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()),
    ]);
    expect(names.filter((name) => !KNOWN_HEADERS.has(name))).toEqual([]);
  });

  it('gives no role by header on an administrator route', async () => {
    const answer = await sendRaw(
      gateway.port,
      `GET /api/v1/admin/users HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nX-User-Role: admin\r\nConnection: close\r\n\r\n`,
    );
    expect(answer.status).toBe(403);
    expect(gateway.calls).toEqual([]);
  });

  it('accepts a token only from a single Authorization header', async () => {
    for (const headers of [
      `Authorization: ${authorization}\r\nAuthorization: ${authorization}`,
      `X-Authorization: ${authorization}`,
      `Cookie: authorization=${authorization}`,
    ]) {
      const answer = await sendRaw(
        gateway.port,
        `GET /api/v1/balance?access_token=x HTTP/1.1\r\nHost: x\r\n${headers}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer.status).toBe(401);
    }
    expect(gateway.calls).toEqual([]);
  });

  it('does not forward trailers as headers', async () => {
    const answer = await sendRaw(
      gateway.port,
      [
        'POST /api/v1/balance/deposit HTTP/1.1',
        'Host: x',
        `Authorization: ${authorization}`,
        'Content-Type: application/json',
        'Transfer-Encoding: chunked',
        'Trailer: X-User-Role',
        'Connection: close',
        '',
        '2',
        '{}',
        '0',
        'X-User-Role: admin',
        '',
        '',
      ].join('\r\n'),
    );
    expect(answer.status).toBe(200);
    expect(gateway.calls).toMatchObject([{ body: '{}' }]);
    expect(Object.keys(gateway.calls[0]?.headers ?? {})).not.toContain('x-user-role');
  });
});

describe.each(SHAPES)('the address of a client, services %s', (shape) => {
  it('is the one that a trusted proxy reports', async () => {
    const gateway = await openGateway({ shape, trustedProxies: ['127.0.0.1'] });
    const { authorization } = await gateway.signIn('alice');
    await fetch(`http://127.0.0.1:${gateway.port}/api/v1/balance`, {
      headers: { authorization, 'x-forwarded-for': '6.6.6.6, 203.0.113.9' },
    });
    expect(gateway.calls[0]?.headers['x-forwarded-for']).toBe('203.0.113.9');
    await gateway.close();
  });
});
