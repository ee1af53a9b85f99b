import { createRedisSharedCounter } from '@cnop/common/limits/redis/redis-shared-counter';
import { createRedisBus } from '@cnop/common/messaging/redis/redis-bus';
import type { ClockWatch } from '@cnop/common/process/clock-watch';
import { createClockWatch } from '@cnop/common/process/clock-watch';
import { startRedisServer, whyNoRedis } from '@cnop/testing/redis-server';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';

const reason = whyNoRedis();
if (reason !== undefined) process.stderr.write(`skipped: ${reason}\n`);
const PATIENCE = { timeout: 10_000, interval: 10 };
const quiet = { warn: () => undefined, info: () => undefined };

type Open = (options: {
  readonly url: URL;
  readonly onTrouble: () => void;
  readonly onServerTime: ReturnType<ClockWatch['listenTo']>;
}) => { close(): Promise<void> };

afterEach(() => void vi.useRealTimers());

describe.skipIf(reason !== undefined).each<{ user: string; open: Open }>([
  { user: 'a message bus', open: createRedisBus },
  { user: 'a shared counter', open: createRedisSharedCounter },
])('the clock of a process with $user', ({ open }) => {
  const watchClock = async (secondsAhead: number) => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + secondsAhead * 1_000 });
    const watch = createClockWatch(quiet);
    const listen = watch.listenTo('redis');
    const times: number[] = [];
    const user = open({
      url: server.url,
      onTrouble: () => undefined,
      onServerTime: (time) => {
        times.push(time.serverMilliseconds);
        listen(time);
      },
    });
    onTestFinished(() => user.close());
    await expect.poll(() => times.length, PATIENCE).toBeGreaterThan(0);
    return watch;
  };

  test.each([
    [300, '300 seconds ahead of'],
    [-300, '300 seconds behind'],
  ])('that is %d seconds ahead is found to be wrong', async (seconds, relation) => {
    const watch = await watchClock(seconds);
    await expect(watch.checks['clock']?.()).rejects.toThrow(
      `The clock of this machine is ${relation} that of Redis: set it.`,
    );
    expect(watch.mayTimeQuotes()).toBe(false);
  });

  test('that shows the time of the server is right', async () => {
    const watch = await watchClock(0);
    await watch.checks['clock']?.();
    expect(watch.mayTimeQuotes()).toBe(true);
  });
});
