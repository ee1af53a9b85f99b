import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FakeClock } from '@cnop/testing/fake-clock';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClientOrigin } from '../../src/guard.ts';
import { createRateLimits } from '../../src/limits/rate-limits.ts';
import type { TestGateway, TestGatewayOptions } from '../harness.ts';
import { openGateway } from '../harness.ts';

const LIMITS = { auth: 3, orders: 2, reads: 4 };

describe('rate limits', () => {
  let clock: FakeClock;
  let gateway: TestGateway;

  const open = async (options: TestGatewayOptions = {}) => {
    await gateway?.close();
    clock = createFakeClock();
    gateway = await openGateway({ limits: LIMITS, clock, ...options });
  };
  beforeEach(() => open());
  afterEach(() => gateway.close());

  const call = (method: 'GET' | 'POST' | 'DELETE', url: string, headers: Record<string, string> = {}) =>
    gateway.app.inject({ method, url, headers });
  const repeat = async (times: number, send: () => ReturnType<typeof call>) => {
    const statuses: number[] = [];
    for (let time = 0; time < times; time++) statuses.push((await send()).statusCode);
    return statuses;
  };

  it('allow exactly the limit, then respond with 429 and Retry-After', async () => {
    const alice = await gateway.signIn('alice');
    const statuses = await repeat(4, () => call('GET', '/api/v1/balance', alice));
    expect(statuses).toEqual([200, 200, 200, 200]);
    const refused = await call('GET', '/api/v1/balance', alice);
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(refused.json()).toMatchObject({ code: 'RATE_001', retryable: true, status: 429 });
    expect(refused.headers).toMatchObject({
      'retry-after': '61',
      'ratelimit-policy': '"reads";q=4;w=60',
      ratelimit: '"reads";r=0;t=61',
    });
    expect(gateway.calls).toHaveLength(4);
    clock.advanceSeconds(61);
    expect((await call('GET', '/api/v1/balance', alice)).statusCode).toBe(200);
  });

  it('set their headers on every response', async () => {
    const alice = await gateway.signIn('alice');
    const order = await call('POST', '/api/v1/orders', alice);
    expect(order.headers).toMatchObject({
      'ratelimit-policy': '"orders";q=2;w=60',
      ratelimit: '"orders";r=1;t=60',
    });
    for (const [url, status, headers] of [
      ['/api/v1/nothing', 404, {}],
      ['/api/v1/balance', 401, {}],
      ['/api/v1/admin/users', 403, alice],
      ['/api/v1/orders/@', 422, alice],
    ] as const) {
      const answer = await call('GET', url, headers);
      expect(answer.statusCode).toBe(status);
      expect(answer.headers['ratelimit-policy']).toBe('"reads";q=4;w=60');
      expect(answer.headers['ratelimit']).toMatch(/^"reads";r=\d;t=60$/);
    }
  });

  it('set the X-RateLimit headers that older clients read, with seconds until the reset', async () => {
    const alice = await gateway.signIn('alice');
    const told = ({ headers }: Awaited<ReturnType<typeof call>>) =>
      ['limit', 'remaining', 'reset'].map((name) => headers[`x-ratelimit-${name}`]);
    expect(told(await call('POST', '/api/v1/orders', alice))).toEqual(['2', '1', '60']);
    expect(told(await call('POST', '/api/v1/orders', alice))).toEqual(['2', '0', '60']);
    clock.advanceSeconds(21);
    const refused = await call('POST', '/api/v1/orders', alice);
    expect([refused.statusCode, ...told(refused)]).toEqual([429, '2', '0', '40']);
    expect(told(await call('GET', '/api/v1/nothing'))).toEqual(['4', '3', '60']);
  });

  it('are off when the setting is 0', async () => {
    await open({ limits: { auth: 0, orders: 0, reads: 0 } });
    const alice = await gateway.signIn('alice');
    const statuses = await repeat(50, () => call('GET', '/api/v1/balance', alice));
    expect(new Set(statuses)).toEqual(new Set([200]));
    const { headers } = await call('GET', '/api/v1/balance', alice);
    expect(Object.keys(headers).filter((name) => name.includes('ratelimit'))).toEqual([]);
  });

  it('count users separately, for any address', async () => {
    const [alice, bob] = [await gateway.signIn('alice'), await gateway.signIn('bob')];
    expect(await repeat(3, () => call('POST', '/api/v1/orders', alice))).toEqual([200, 200, 429]);
    expect(await repeat(3, () => call('POST', '/api/v1/orders', bob))).toEqual([200, 200, 429]);
  });

  it('count a user, not a token', async () => {
    const [one, other] = [await gateway.signIn('alice'), await gateway.signIn('alice')];
    expect(await repeat(2, () => call('POST', '/api/v1/orders', one))).toEqual([200, 200]);
    expect(await repeat(1, () => call('POST', '/api/v1/orders', other))).toEqual([429]);
  });

  it('allow five cancellations for each order', async () => {
    const alice = await gateway.signIn('alice');
    await repeat(3, () => call('POST', '/api/v1/orders', alice));
    const first = await call('POST', '/api/v1/orders/1/cancel', alice);
    expect(first.headers['ratelimit-policy']).toBe('"cancels";q=10;w=60');
    expect(await repeat(10, () => call('DELETE', '/api/v1/orders/1', alice))).toEqual([
      ...Array.from({ length: 9 }, () => 200),
      429,
    ]);
  });

  it('allow a tenth as many streams as reads, counted separately', async () => {
    await open({ limits: { ...LIMITS, reads: 30 } });
    const alice = await gateway.signIn('alice');
    const first = await call('GET', '/api/v1/stream', alice);
    expect(first.headers['ratelimit-policy']).toBe('"streams";q=3;w=60');
    expect(await repeat(3, () => call('GET', '/api/v1/stream', alice))).toEqual([200, 200, 429]);
    expect(await repeat(31, () => call('GET', '/api/v1/events', alice))).toEqual([
      ...Array.from({ length: 30 }, () => 200),
      429,
    ]);
  });

  it.each(['/portfolio/history', '/portfolio/performance', '/balance/transactions/export'])(
    'allow a twentieth as many requests for %s as reads, counted separately',
    async (report) => {
      await open({ limits: { ...LIMITS, reads: 40 } });
      const alice = await gateway.signIn('alice');
      const first = await call('GET', `/api/v1${report}`, alice);
      expect(first.headers['ratelimit-policy']).toBe('"reports";q=2;w=60');
      expect(await repeat(2, () => call('GET', `/api/v1${report}`, alice))).toEqual([200, 429]);
      expect(await repeat(1, () => call('GET', '/api/v1/portfolio', alice))).toEqual([200]);
    },
  );

  it('count all other writes together with orders', async () => {
    const alice = await gateway.signIn('alice');
    const deposit = () => call('POST', '/api/v1/balance/deposit', alice);
    const withdraw = () => call('POST', '/api/v1/balance/withdraw', alice);
    expect([await repeat(1, deposit), await repeat(1, withdraw), await repeat(1, deposit)]).toEqual([
      [200],
      [200],
      [429],
    ]);
  });

  it('count sign-ins for the address, with any token', async () => {
    const statuses: number[] = [];
    for (const username of ['alice', 'bob', 'carol', 'dave']) {
      const headers = await gateway.signIn(username);
      await call('GET', '/api/v1/balance', headers);
      statuses.push((await call('POST', '/api/v1/auth/login', headers)).statusCode);
    }
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  it('count a public read for the user of a cached token, otherwise for the address', async () => {
    const alice = await gateway.signIn('alice');
    await call('GET', '/api/v1/balance', alice);
    expect(await repeat(4, () => call('GET', '/api/v1/inventory/assets', alice))).toEqual([
      200, 200, 200, 429,
    ]);
    expect(await repeat(5, () => call('GET', '/api/v1/inventory/assets'))).toEqual([200, 200, 200, 200, 429]);
  });

  it('count requests without a valid token for the address, and stop verifying tokens at the limit', async () => {
    const forged = { authorization: `Bearer ${'a'.repeat(300)}` };
    expect(await repeat(5, () => call('GET', '/api/v1/balance', forged))).toEqual([401, 401, 401, 401, 429]);
    expect(await repeat(1, () => call('GET', '/api/v1/balance'))).toEqual([429]);
    const fresh = await gateway.signIn('alice');
    expect(await repeat(1, () => call('GET', '/api/v1/balance', fresh))).toEqual([429]);
    expect(gateway.calls).toEqual([]);
  });

  it('do not refuse users with a cached token while their address is exhausted', async () => {
    const alice = await gateway.signIn('alice');
    await call('GET', '/api/v1/balance', alice);
    await repeat(5, () => call('GET', '/api/v1/balance'));
    expect(await repeat(1, () => call('GET', '/api/v1/balance', alice))).toEqual([200]);
  });

  it('count unknown routes and malformed paths as reads of the address', async () => {
    const paths = ['/nothing', '/api/v1/nothing', '/%zz', '/wp-admin', '/nothing', '/%zz'];
    const statuses: number[] = [];
    for (const path of paths) statuses.push((await call('GET', path)).statusCode);
    expect(statuses).toEqual([404, 404, 400, 404, 429, 429]);
  });

  it('cannot be bypassed with X-Forwarded-For', async () => {
    const statuses: number[] = [];
    for (let host = 1; host <= 5; host++) {
      const headers = { 'x-forwarded-for': `203.0.113.${host}`, forwarded: `for=203.0.113.${host}` };
      statuses.push((await call('GET', '/api/v1/inventory/assets', headers)).statusCode);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
  });

  it('count the client that a trusted proxy reports, an IPv6 client by its network', async () => {
    await open({ trustedProxies: ['127.0.0.1'] });
    const from = (address: string) => call('GET', '/api/v1/inventory/assets', { 'x-forwarded-for': address });
    for (let host = 1; host <= 5; host++) expect((await from(`203.0.113.${host}`)).statusCode).toBe(200);
    expect(await repeat(4, () => from('9.9.9.9, 203.0.113.1'))).toEqual([200, 200, 200, 429]);
    const statuses: number[] = [];
    for (let host = 1; host <= 5; host++) statuses.push((await from(`2001:db8:0:1::${host}`)).statusCode);
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
  });

  it('never refuse a health probe', async () => {
    expect(new Set(await repeat(20, () => call('GET', '/health/live')))).toEqual(new Set([200]));
  });

  it('apply before the body is read and before the service is called', async () => {
    const alice = await gateway.signIn('alice');
    await repeat(2, () => call('POST', '/api/v1/orders', alice));
    const answer = await gateway.app.inject({
      method: 'POST',
      url: '/api/v1/orders',
      headers: { ...alice, 'content-type': 'application/json' },
      payload: 'x'.repeat(100_000),
    });
    expect(answer.statusCode).toBe(429);
    expect(gateway.calls).toHaveLength(2);
  });
});

describe('rate limits of IPv6 networks', () => {
  const LIMIT = 3;
  const statusFrom = async (gateway: TestGateway, remoteAddress: string) =>
    (await gateway.app.inject({ method: 'GET', url: '/api/v1/nothing', remoteAddress })).statusCode;
  const open = () => openGateway({ limits: { auth: 1, orders: 1, reads: LIMIT }, clock: createFakeClock() });

  it('allow a /56 four times and a /48 sixteen times as much as a /64', async () => {
    const gateway = await open();
    const allowedOf = async (addressOf: (index: number) => string) => {
      let allowed = 0;
      for (let index = 0; index < 100; index++) {
        if ((await statusFrom(gateway, addressOf(index))) === 404) allowed += 1;
      }
      return allowed;
    };
    expect(await allowedOf((index) => `2001:db8:1:1::${index.toString(16)}`)).toBe(LIMIT);
    expect(await allowedOf((index) => `2001:db8:2:${(0x4400 + index).toString(16)}::1`)).toBe(4 * LIMIT);
    expect(await allowedOf((index) => `2001:db8:3:${(index * 0x100).toString(16)}::1`)).toBe(16 * LIMIT);
    expect(await statusFrom(gateway, '2001:db8:3:ffff::1')).toBe(429);
    expect(await statusFrom(gateway, '2001:db8:4::1')).toBe(404);
    await gateway.close();
  });

  it('count an IPv4 address as itself, even as an IPv4-mapped IPv6 address', async () => {
    const gateway = await open();
    for (let index = 0; index < LIMIT; index++)
      expect(await statusFrom(gateway, '::ffff:192.0.2.1')).toBe(404);
    expect(await statusFrom(gateway, '192.0.2.1')).toBe(429);
    expect(await statusFrom(gateway, '::ffff:c000:202')).toBe(404);
    await gateway.close();
  });

  it('keep separate counts for new clients while one /48 sends from 100,000 networks', () => {
    const limits = createRateLimits({
      settings: { auth: 20, orders: 1, reads: 1 },
      clock: createFakeClock(),
    });
    const origin = createClientOrigin([]);
    const admits = (remoteAddress: string): boolean => {
      const response = { setHeader: () => response } as unknown as ServerResponse;
      try {
        void limits.auth.admit(
          origin({ socket: { remoteAddress }, headers: {} } as IncomingMessage),
          response,
        );
        return true;
      } catch {
        return false;
      }
    };
    let allowed = 0;
    for (let index = 0; index < 100_000; index++) {
      const group = (index % 0x1_00_00).toString(16);
      if (admits(`2001:db8:${index < 0x1_00_00 ? 'a' : 'b'}:${group}::1`)) allowed += 1;
    }
    expect(allowed).toBe(2 * 16 * 20);
    const newcomers = Array.from({ length: 100 }, (_, index) => admits(`198.51.100.${index}`));
    expect(newcomers.every(Boolean)).toBe(true);
  });
});
