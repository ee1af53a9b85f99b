import { createRedisBus } from '@cnop/common/messaging/redis/redis-bus';
import type { RedisServer } from '@cnop/testing/redis-server';
import { startRedisServer, whyNoRedis } from '@cnop/testing/redis-server';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { StreamLimits } from '../../src/live/stream-limits.ts';
import type { Headers } from './streams-under-test.ts';
import { deposit, hello, ids, open, service, start, stop, withSeq } from './streams-under-test.ts';

const HOUR_MILLISECONDS = 3_600_000;
const reason = whyNoRedis();

describe.skipIf(reason !== undefined)(
  `streams of a process with Redis${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    let server: RedisServer;
    beforeAll(async () => {
      server = await startRedisServer();
    });
    afterAll(() => server?.stop());
    afterEach(stop);

    /** Starts a service whose bus is connected, and opens two streams of one session. */
    async function openTwo(limits: Partial<StreamLimits>) {
      const bus = createRedisBus({ url: server.url, onTrouble: () => undefined });
      await start(
        { checkIntervalMilliseconds: 25, safetyPollMilliseconds: HOUR_MILLISECONDS, ...limits },
        bus,
      );
      await expect.poll(() => bus.link?.isUp()).toBe(true);
      const alice: Headers = await service().signedIn('alice');
      const streams = await Promise.all([open(alice), open(alice)]);
      await Promise.all(streams.map(hello));
      return { bus, alice, streams };
    }

    it('read their session once a check, and no events until a message names their user', async () => {
      const { alice, streams } = await openTwo({ pollMilliseconds: 1 });
      // The first read of each stream is over when an event has arrived.
      await deposit(alice);
      await Promise.all(streams.map((stream) => stream.waitFor(withSeq(1))));
      const sessions = vi.spyOn(service().store, 'batchGet');
      const events = vi.spyOn(service().store, 'query');
      await expect.poll(() => sessions.mock.calls.length).toBeGreaterThan(5);
      expect(sessions.mock.calls.map(([keys]) => keys.length)).toEqual(sessions.mock.calls.map(() => 1));
      expect(events).not.toHaveBeenCalled();
      await deposit(alice);
      await Promise.all(streams.map((stream) => stream.waitFor(withSeq(2))));
    });

    it('poll for events at a usual pace while Redis is away', async () => {
      const { alice, streams, bus } = await openTwo({ pollMilliseconds: 50 });
      await server.stop();
      await expect.poll(() => bus.link?.isUp()).toBe(false);
      await deposit(alice);
      await Promise.all(streams.map((stream) => stream.waitFor(withSeq(1))));
      await server.start();
    });

    it('send what happened during an outage as soon as Redis is back', async () => {
      const { alice, streams, bus } = await openTwo({ pollMilliseconds: HOUR_MILLISECONDS });
      await server.stop();
      await expect.poll(() => bus.link?.isUp()).toBe(false);
      await deposit(alice);
      expect(streams.flatMap(ids)).toEqual([]);
      await server.start();
      await Promise.all(streams.map((stream) => stream.waitFor(withSeq(1))));
    });
  },
);
