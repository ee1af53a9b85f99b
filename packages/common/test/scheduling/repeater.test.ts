import { createRepeater } from '@cnop/common/scheduling/repeater';
import type { Deferred } from '@cnop/testing/deferred';
import { createDeferred } from '@cnop/testing/deferred';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const EVERY_MILLISECONDS = 100;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Creates a repeater whose runs end when the test says so. */
function open() {
  const rounds: Deferred<void>[] = [];
  const repeater = createRepeater({
    everyMilliseconds: EVERY_MILLISECONDS,
    act: () => {
      const round = createDeferred();
      rounds.push(round);
      return round.promise;
    },
  });
  const pass = (count: number) => vi.advanceTimersByTimeAsync(count * EVERY_MILLISECONDS);
  return { rounds, repeater, pass };
}

describe('a repeater', () => {
  it('runs its action once in every interval after the start', async () => {
    const { rounds, repeater, pass } = open();
    await pass(2);
    expect(rounds).toHaveLength(0);
    repeater.start();
    for (let round = 1; round <= 3; round += 1) {
      await pass(1);
      expect(rounds).toHaveLength(round);
      rounds.at(-1)?.resolve();
    }
  });

  it('started twice still runs once in every interval', async () => {
    const { rounds, repeater, pass } = open();
    repeater.start();
    repeater.start();
    await pass(1);
    rounds[0]?.resolve();
    await pass(1);
    expect(rounds).toHaveLength(2);
    rounds[1]?.resolve();
    await repeater.stop();
    await pass(5);
    expect(rounds).toHaveLength(2);
  });

  it('skips runs while an earlier one is going on', async () => {
    const { rounds, repeater, pass } = open();
    repeater.start();
    await pass(5);
    expect(rounds).toHaveLength(1);
    rounds[0]?.resolve();
    await pass(1);
    expect(rounds).toHaveLength(2);
  });

  it('run by hand acts at once, or waits for the current run', async () => {
    const { rounds, repeater } = open();
    let finished = 0;
    const both = [repeater.run(), repeater.run()].map((run) => run.then(() => (finished += 1)));
    expect(rounds).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(finished).toBe(0);
    rounds[0]?.resolve();
    await Promise.all(both);
    expect(finished).toBe(2);
  });

  it('rejects for its caller when the action fails, and acts again afterwards', async () => {
    const { rounds, repeater } = open();
    const failed = repeater.run();
    rounds[0]?.reject(new Error('no'));
    await expect(failed).rejects.toThrow('no');
    void repeater.run();
    expect(rounds).toHaveLength(2);
  });

  it('stops after the current run, and does not run again', async () => {
    const { rounds, repeater, pass } = open();
    repeater.start();
    await pass(1);
    let isStopped = false;
    const stopped = repeater.stop().then(() => (isStopped = true));
    await pass(5);
    expect([rounds.length, isStopped]).toEqual([1, false]);
    rounds[0]?.resolve();
    await stopped;
    await pass(5);
    expect(rounds).toHaveLength(1);
  });

  it('can be started again', async () => {
    const { rounds, repeater, pass } = open();
    repeater.start();
    await repeater.stop();
    repeater.start();
    await pass(1);
    expect(rounds).toHaveLength(1);
  });
});
