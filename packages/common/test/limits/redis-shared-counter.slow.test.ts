import { setTimeout as wait } from 'node:timers/promises';
import type { RedisSharedCounterOptions } from '@cnop/common/limits/redis/redis-shared-counter';
import { createRedisSharedCounter } from '@cnop/common/limits/redis/redis-shared-counter';
import type { SharedCounter } from '@cnop/common/limits/shared-counter';
import { CounterAwayError } from '@cnop/common/limits/shared-counter';
import type { RedisServer } from '@cnop/testing/redis-server';
import { startRedisServer, whyNoRedis } from '@cnop/testing/redis-server';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

const reason = whyNoRedis();
if (reason !== undefined) process.stderr.write(`skipped: ${reason}\n`);

const SHORT_WINDOW_SECONDS = 2;
/** Long enough for thousands of concurrent requests on a busy machine. */
const PATIENCE_MILLISECONDS = 30_000;

describe.skipIf(reason !== undefined)('a counter over Redis', () => {
  let server: RedisServer;
  const opened: SharedCounter[] = [];
  const closeAll = () => Promise.all(opened.splice(0).map((counter) => counter.close()));
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server?.stop());

  let clients = 0;
  const freshClient = () => `client ${(clients += 1)}`;

  async function open({
    troubles = [],
    ...options
  }: Partial<RedisSharedCounterOptions> & { readonly troubles?: Error[] } = {}): Promise<SharedCounter> {
    const counter = createRedisSharedCounter({
      url: server.url,
      onTrouble: (error) => troubles.push(error),
      ...options,
    });
    opened.push(counter);
    await vi.waitFor(async () => expect(await counter.waitSeconds('unknown', 1)).toBe(0));
    return counter;
  }

  // These tests wait for windows to pass, each with its own client.
  describe.concurrent('over time', () => {
    afterAll(closeAll);

    it('never allows more than the limit in any window, and allows the limit again later', async () => {
      const limit = 20;
      const short = { windowSeconds: SHORT_WINDOW_SECONDS, answerTimeoutMilliseconds: PATIENCE_MILLISECONDS };
      const counters = [await open(short), await open(short)];
      const client = freshClient();
      const allowedAt: number[] = [];
      const until = performance.now() + 9_000;
      while (performance.now() < until) {
        const asked = performance.now();
        const count = await counters[allowedAt.length % 2]!.take(client, limit);
        if (count.isAllowed) allowedAt.push(asked);
        await wait(Math.random() * 20);
      }
      for (const from of allowedAt) {
        const within = allowedAt.filter((at) => at >= from && at < from + SHORT_WINDOW_SECONDS * 1_000);
        expect(within.length).toBeLessThanOrEqual(limit);
      }
      // Nine seconds have at least two full windows, with a second of slack each.
      expect(allowedAt.length).toBeGreaterThanOrEqual(3 * limit);
    });

    it('allows a request after the reported wait', async () => {
      const counter = await open({ windowSeconds: 1, answerTimeoutMilliseconds: PATIENCE_MILLISECONDS });
      const client = freshClient();
      await counter.take(client, 1);
      const { waitSeconds } = await counter.take(client, 1);
      expect(await counter.waitSeconds(client, 1)).toBe(waitSeconds);
      await wait(waitSeconds * 1_000);
      expect(await counter.waitSeconds(client, 1)).toBe(0);
      expect(await counter.take(client, 1)).toMatchObject({ isAllowed: true });
    });

    it('counts neither queries nor refused requests', async () => {
      const counter = await open({ windowSeconds: 1, answerTimeoutMilliseconds: PATIENCE_MILLISECONDS });
      const client = freshClient();
      for (let i = 0; i < 10; i++) expect(await counter.waitSeconds(client, 1)).toBe(0);
      await counter.take(client, 1);
      const { waitSeconds } = await counter.take(client, 1);
      // If refused requests counted, a client that keeps sending would be refused forever.
      await vi.waitFor(async () => expect((await counter.take(client, 1)).isAllowed).toBe(true), {
        timeout: waitSeconds * 1_000 + 500,
        interval: 50,
      });
    });

    it('deletes idle clients', async () => {
      const counter = await open({ windowSeconds: 1, answerTimeoutMilliseconds: PATIENCE_MILLISECONDS });
      const client = freshClient();
      await counter.take(client, 5);
      await wait(2_500);
      expect(await server.send(`EXISTS "cnop:limit:${client}"`)).toBe(':0');
    });
  });

  describe('at once', () => {
    afterEach(closeAll);

    it('allows exactly the limit, and reports the rest and the wait', async () => {
      const counter = await open();
      const client = freshClient();
      const counts = [];
      for (let i = 0; i < 4; i++) counts.push(await counter.take(client, 3));
      expect(counts.map(({ isAllowed, remaining }) => [isAllowed, remaining])).toEqual([
        [true, 2],
        [true, 1],
        [true, 0],
        [false, 0],
      ]);
      expect(counts[3]?.waitSeconds).toBeGreaterThanOrEqual(60);
      expect(counts[3]?.waitSeconds).toBeLessThanOrEqual(61);
      expect(await counter.take(freshClient(), 3)).toMatchObject({ isAllowed: true, remaining: 2 });
    });

    it('allows exactly the limit over several concurrent processes', async () => {
      const counters = await Promise.all(
        Array.from({ length: 4 }, () => open({ answerTimeoutMilliseconds: PATIENCE_MILLISECONDS })),
      );
      const client = freshClient();
      const counts = await Promise.all(
        Array.from({ length: 2_000 }, (_, i) => counters[i % counters.length]!.take(client, 137)),
      );
      expect(counts.filter(({ isAllowed }) => isAllowed)).toHaveLength(137);
    });

    it('fails fast during an outage, and recovers after it', async () => {
      const troubles: Error[] = [];
      const counter = await open({ troubles });
      await server.stop();
      const began = performance.now();
      for (let i = 0; i < 50; i++) await expect(counter.take('a', 5)).rejects.toThrow(CounterAwayError);
      expect(performance.now() - began).toBeLessThan(1_000);
      expect(troubles.length).toBeLessThanOrEqual(1);
      await server.start();
      await expect
        .poll(async () => (await counter.take('b', 5).catch(() => undefined))?.isAllowed, { timeout: 5_000 })
        .toBe(true);
    });

    it('fails fast after the first timeout of a server that hangs', async () => {
      const counter = await open();
      server.pause();
      const began = performance.now();
      for (let i = 0; i < 100; i++) await expect(counter.take('c', 5)).rejects.toThrow(CounterAwayError);
      expect(performance.now() - began).toBeLessThan(1_000);
      server.goOn();
      await expect
        .poll(async () => (await counter.take('d', 5).catch(() => undefined))?.isAllowed, { timeout: 5_000 })
        .toBe(true);
    });
  });
});
