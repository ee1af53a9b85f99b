import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestGateway } from './harness.ts';
import { openGateway, SHAPES } from './harness.ts';

const ORIGIN = 'https://app.example.com';

describe.each(SHAPES)('CORS, services %s', (shape) => {
  let gateway: TestGateway;
  beforeEach(async () => {
    gateway = await openGateway({ shape, corsOrigins: [ORIGIN], limits: { auth: 1, orders: 1, reads: 1 } });
  });
  afterEach(() => gateway.close());

  const preflight = (origin: string) =>
    gateway.app.inject({
      method: 'OPTIONS',
      url: '/api/v1/orders',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,idempotency-key',
      },
    });

  it('answers the preflight of an allowed app, which has no token', async () => {
    const answer = await preflight(ORIGIN);
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers':
        'Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Request-ID',
      'access-control-max-age': '600',
      vary: 'Origin',
    });
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
    expect(gateway.calls).toEqual([]);
  });

  it.each(['https://evil.example', 'https://app.example.com.evil.example', 'http://app.example.com', 'null'])(
    'does not allow %s',
    async (origin) => {
      const answer = await preflight(origin);
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      const read = await gateway.app.inject({ url: '/health/live', headers: { origin } });
      expect(read.headers).not.toHaveProperty('access-control-allow-origin');
    },
  );

  it('allows an app to read responses, refusals and the headers it needs', async () => {
    const { authorization } = await gateway.signIn('alice');
    for (const [headers, status] of [
      [{ authorization }, 200],
      [{ authorization }, 429],
      [{}, 401],
    ] as const) {
      const answer = await fetch(`http://127.0.0.1:${gateway.port}/api/v1/balance`, {
        headers: { ...headers, origin: ORIGIN },
      });
      expect(answer.status).toBe(status);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'access-control-allow-origin': ORIGIN,
        'access-control-expose-headers':
          'Allow, Content-Disposition, RateLimit-Policy, RateLimit, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-ID, Idempotency-Replayed, Location, WWW-Authenticate',
        vary: 'Origin',
      });
    }
  });
});

it('is off without origins', async () => {
  const gateway = await openGateway();
  const answer = await gateway.app.inject({
    method: 'OPTIONS',
    url: '/api/v1/orders',
    headers: { origin: ORIGIN, 'access-control-request-method': 'POST' },
  });
  expect(answer.statusCode).toBe(405);
  expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  await gateway.close();
});
