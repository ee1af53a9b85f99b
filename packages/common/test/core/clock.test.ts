import { setTimeout as sleep } from 'node:timers/promises';
import { addSeconds, epochSeconds, systemClock } from '@cnop/common/core/clock';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { expect, it } from 'vitest';

it('counts whole seconds since the epoch, rounded down', () => {
  expect(epochSeconds(new Date('1970-01-01T00:00:01.999Z'))).toBe(1);
  expect(epochSeconds(new Date('2026-01-15T12:00:00.000Z'))).toBe(1_768_478_400);
});

it('adds seconds without changing its argument', () => {
  const at = new Date('2026-01-15T12:00:00.000Z');
  expect(addSeconds(at, 0.5).toISOString()).toBe('2026-01-15T12:00:00.500Z');
  expect(addSeconds(at, -60).toISOString()).toBe('2026-01-15T11:59:00.000Z');
  expect(at.toISOString()).toBe('2026-01-15T12:00:00.000Z');
});

it('advances the system clock by itself, the fake clock only on request', async () => {
  const before = Date.now();
  expect(systemClock.now().getTime()).toBeGreaterThanOrEqual(before);
  const clock = createFakeClock('2026-01-15T12:00:00.000Z');
  const first = clock.now();
  await sleep(5);
  expect(clock.now()).toEqual(first);
  clock.advanceSeconds(1.5);
  clock.advanceMilliseconds(500);
  expect(clock.now().toISOString()).toBe('2026-01-15T12:00:02.000Z');
  clock.set('2030-01-01T00:00:00.000Z');
  expect(clock.now().toISOString()).toBe('2030-01-01T00:00:00.000Z');
  clock.now().setFullYear(1999);
  expect(clock.now().getUTCFullYear()).toBe(2030);
});
