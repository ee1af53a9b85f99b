import { expect, it } from 'vitest';
import { createRestarts } from '../../src/workers/restarts.ts';

it('waits longer for each restart within a minute, up to five seconds, and gives up after ten', () => {
  const restarts = createRestarts(() => 0);
  const delays = Array.from({ length: 12 }, () => restarts.next());
  expect(delays).toEqual([
    100,
    200,
    400,
    800,
    1_600,
    3_200,
    5_000,
    5_000,
    5_000,
    5_000,
    undefined,
    undefined,
  ]);
  expect(restarts.total()).toBe(10);
});

it('forgets restarts after a minute', () => {
  let now = 0;
  const restarts = createRestarts(() => now);
  for (let i = 0; i < 10; i++) restarts.next();
  now = 59_999;
  expect(restarts.next()).toBeUndefined();
  now = 60_000;
  expect(restarts.next()).toBe(100);
});
