import type { ServerTime } from '@cnop/common/core/clock';
import { createClockWatch } from '@cnop/common/process/clock-watch';
import { beforeEach, describe, expect, test } from 'vitest';

const NOW = Date.parse('2026-03-03T12:00:00.000Z');

let lines: string[] = [];
const logger = {
  warn: (_facts: unknown, message?: string) => void lines.push(`warn: ${message}`),
  info: (_facts: unknown, message?: string) => void lines.push(`info: ${message}`),
};
beforeEach(() => {
  lines = [];
});

/** The response of a server whose clock is behind ours by some seconds, as HTTP tells its date. */
function answer(secondsBehind: number, roundTripMilliseconds = 10): ServerTime {
  const at = NOW - secondsBehind * 1_000;
  return {
    sentAtMilliseconds: NOW,
    receivedAtMilliseconds: NOW + roundTripMilliseconds,
    serverMilliseconds: Math.floor(at / 1_000) * 1_000,
    stepMilliseconds: 1_000,
  };
}

describe('the clock of a process', () => {
  test.each([0, 5, -5, 0.9])('that is %d seconds ahead of a server is right', async (seconds) => {
    const watch = createClockWatch(logger);
    watch.listenTo('store')(answer(seconds));
    await watch.checks['clock']?.();
    expect(lines).toEqual([]);
  });

  test.each([
    [300, 'The clock of this machine is 299 seconds ahead of that of the store: set it.'],
    [-300, 'The clock of this machine is 300 seconds behind that of the store: set it.'],
  ])('that is %d seconds ahead is not ready and says why, until it is set', async (seconds, reason) => {
    const watch = createClockWatch(logger);
    const listen = watch.listenTo('store');
    listen(answer(seconds));
    listen(answer(seconds));
    await expect(watch.checks['clock']?.()).rejects.toMatchObject({ message: reason, code: 'SVC_001' });
    listen(answer(0));
    await watch.checks['clock']?.();
    expect(lines).toEqual([
      'warn: the clock of this machine is wrong',
      'info: the clock of this machine is right again',
    ]);
  });

  test('is not accused by a slow response, which proves little', async () => {
    const watch = createClockWatch(logger);
    watch.listenTo('store')(answer(-8, 9_000));
    await watch.checks['clock']?.();
    expect(lines).toEqual([]);
  });

  test.each([
    [-1.9, true],
    [2, true],
    [4, false],
    [-4, false],
  ])('that is %d seconds ahead may time quotes: %s', (seconds, may) => {
    const watch = createClockWatch(logger);
    expect(watch.mayTimeQuotes()).toBe(true);
    watch.listenTo('store')(answer(seconds));
    expect(watch.mayTimeQuotes()).toBe(may);
    watch.listenTo('store')(answer(0));
    expect(watch.mayTimeQuotes()).toBe(true);
  });

  test('is compared with each server for itself', async () => {
    const watch = createClockWatch(logger);
    watch.listenTo('redis')(answer(60));
    watch.listenTo('store')(answer(0));
    await expect(watch.checks['clock']?.()).rejects.toThrow('ahead of that of Redis');
  });
});
