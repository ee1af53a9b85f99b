import { createRedisSharedCounter } from '@cnop/common/limits/redis/redis-shared-counter';
import type { SharedCounter } from '@cnop/common/limits/shared-counter';
import type { RedisServer } from '@cnop/testing/redis-server';
import { startRedisServer, whyNoRedis } from '@cnop/testing/redis-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RateLimitSettings } from '../../src/limits/rate-limits.ts';
import type { TestGateway } from '../harness.ts';
import { openGateway } from '../harness.ts';

const reason = whyNoRedis();
if (reason !== undefined) process.stderr.write(`skipped: ${reason}\n`);

/** Long, since a gateway whose shared counter times out counts by itself. */
const COUNTER_TIMEOUT_MILLISECONDS = 30_000;

describe.skipIf(reason !== undefined)('rate limits of two gateways that share a counter', () => {
  let redis: RedisServer;
  let gateways: TestGateway[];
  let counters: SharedCounter[];
  let users = 0;
  beforeAll(async () => {
    redis = await startRedisServer();
  });
  afterAll(() => redis?.stop());
  beforeEach(() => {
    gateways = [];
    counters = [];
  });
  afterEach(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await Promise.all(counters.map((counter) => counter.close()));
    await redis.send('FLUSHALL');
  });

  const isThere = (counter: SharedCounter) =>
    expect
      .poll(() => counter.waitSeconds('unknown_user', 1).catch(() => undefined), { timeout: 5_000 })
      .toBe(0);

  async function open(limits: RateLimitSettings, answerTimeoutMilliseconds?: number): Promise<void> {
    for (let i = 0; i < 2; i++) {
      const counter = createRedisSharedCounter({
        url: redis.url,
        onTrouble: () => undefined,
        ...(answerTimeoutMilliseconds !== undefined && { answerTimeoutMilliseconds }),
      });
      await isThere(counter);
      counters.push(counter);
      gateways.push(await openGateway({ limits, sharedCounter: counter }));
    }
  }
  /** Signs the same user in at both gateways, which have keys of their own. */
  async function signIn() {
    const username = `user_${(users += 1)}`;
    return Promise.all(gateways.map((gateway) => gateway.signIn(username)));
  }
  const call = (gateway: number, method: 'GET' | 'POST', url: string, headers: Record<string, string> = {}) =>
    gateways[gateway]!.app.inject({ method, url, headers });
  const countOf = (statuses: readonly number[], status: number) =>
    statuses.filter((each) => each === status).length;

  it('allow exactly the limit over both, for any number of concurrent requests', async () => {
    await open({ auth: 0, orders: 0, reads: 83 }, COUNTER_TIMEOUT_MILLISECONDS);
    const tokens = await signIn();
    const answers = await Promise.all(
      Array.from({ length: 600 }, (_, i) => call(i % 2, 'GET', '/api/v1/balance', tokens[i % 2])),
    );
    const statuses = answers.map(({ statusCode }) => statusCode);
    expect([countOf(statuses, 200), countOf(statuses, 429)]).toEqual([83, 517]);
    expect(gateways.flatMap(({ calls }) => calls)).toHaveLength(83);
    const refused = answers.find(({ statusCode }) => statusCode === 429);
    expect(refused?.json()).toMatchObject({ code: 'RATE_001' });
    expect(refused?.headers).toMatchObject({ 'ratelimit-policy': '"reads";q=83;w=60' });
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('report what remains over both, and count users and policies separately', async () => {
    await open({ auth: 0, orders: 5, reads: 5 }, COUNTER_TIMEOUT_MILLISECONDS);
    const [alice, bob] = [await signIn(), await signIn()];
    const left = async (gateway: number, method: 'GET' | 'POST', tokens: typeof alice) =>
      (await call(gateway, method, method === 'GET' ? '/api/v1/balance' : '/api/v1/orders', tokens[gateway]))
        .headers['ratelimit'];
    expect(await left(0, 'GET', alice)).toBe('"reads";r=4;t=60');
    expect(await left(1, 'GET', alice)).toBe('"reads";r=3;t=60');
    expect(await left(1, 'GET', bob)).toBe('"reads";r=4;t=60');
    expect(await left(0, 'POST', alice)).toBe('"orders";r=4;t=60');
  });

  it('count anonymous requests, forged tokens, unknown routes and malformed paths for the address', async () => {
    await open({ auth: 0, orders: 0, reads: 4 }, COUNTER_TIMEOUT_MILLISECONDS);
    const forged = { authorization: `Bearer ${'a'.repeat(300)}` };
    const statuses: number[] = [];
    for (const [gateway, url, headers] of [
      [0, '/api/v1/balance', forged],
      [1, '/api/v1/nothing', {}],
      [0, '/%zz', {}],
      [1, '/api/v1/inventory/assets', {}],
      [0, '/api/v1/balance', forged],
      [1, '/api/v1/nothing', {}],
      [0, '/%zz', {}],
      [1, '/api/v1/inventory/assets', {}],
    ] as const) {
      statuses.push((await call(gateway, 'GET', url, headers)).statusCode);
    }
    expect(statuses).toEqual([401, 404, 400, 200, 429, 429, 429, 429]);
    // New tokens from that address are no longer verified.
    const [fresh] = await signIn();
    expect((await call(0, 'GET', '/api/v1/balance', fresh)).statusCode).toBe(429);
  });

  it('check the role after the count', async () => {
    await open({ auth: 0, orders: 0, reads: 5 }, COUNTER_TIMEOUT_MILLISECONDS);
    const tokens = await signIn();
    expect((await call(0, 'GET', '/api/v1/admin/users', tokens[0])).statusCode).toBe(403);
    expect((await call(1, 'GET', '/api/v1/balance', tokens[1])).headers['ratelimit']).toBe(
      '"reads";r=3;t=60',
    );
  });

  it.each([
    ['away', () => redis.stop(), () => redis.start()],
    ['hanging', async () => redis.pause(), async () => redis.goOn()],
  ])(
    'with the counter %s refuse sign-ins, and count all other requests at each gateway',
    async (_how, fail, mend) => {
      await open({ auth: 100, orders: 100, reads: 3 });
      const tokens = await signIn();
      expect((await call(0, 'GET', '/api/v1/balance', tokens[0])).statusCode).toBe(200);
      expect((await call(0, 'POST', '/api/v1/auth/login')).statusCode).toBe(200);
      await fail();
      const began = performance.now();
      const login = await call(0, 'POST', '/api/v1/auth/login');
      expect(login.statusCode).toBe(503);
      expect(login.json()).toMatchObject({ code: 'SVC_001', retryable: true });
      expect(login.headers['retry-after']).toBeDefined();
      const reads: number[] = [];
      for (let i = 0; i < 4; i++) reads.push((await call(0, 'GET', '/api/v1/balance', tokens[0])).statusCode);
      expect(reads).toEqual([200, 200, 200, 429]);
      expect((await call(1, 'POST', '/api/v1/orders', tokens[1])).statusCode).toBe(200);
      expect(performance.now() - began).toBeLessThan(2_000);

      await mend();
      for (const counter of counters) await isThere(counter);
      expect((await call(0, 'POST', '/api/v1/auth/login')).statusCode).toBe(200);
      expect((await call(1, 'GET', '/api/v1/balance', tokens[1])).statusCode).toBe(200);
    },
  );
});
