import { CounterAwayError } from '@cnop/common/limits/shared-counter';
import { createFakeClock } from '@cnop/testing/fake-clock';
import type { LinkedEnds } from '@cnop/testing/worker-links';
import { linkEnds } from '@cnop/testing/worker-links';
import { afterEach, expect, it } from 'vitest';
import { createRequestCounts, createWorkerCounter } from '../../src/workers/request-counts.ts';

const links: LinkedEnds[] = [];
afterEach(() => {
  for (const { cut } of links.splice(0)) cut();
});

function openCounters(count: number) {
  const counts = createRequestCounts(createFakeClock());
  return Array.from({ length: count }, () => {
    const ends = linkEnds();
    links.push(ends);
    counts.serve(ends.parent);
    return createWorkerCounter(ends.worker);
  });
}

it('a limit holds for the requests of all workers together', async () => {
  const counters = openCounters(3);
  const taken = counters.flatMap((counter) =>
    Array.from({ length: 10 }, () => counter.take('orders:user:ada', 20)),
  );
  const allowed = (await Promise.all(taken)).filter(({ isAllowed }) => isAllowed);
  const remaining = allowed.map((count) => count.remaining);
  expect(remaining.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  for (const counter of counters) {
    expect(await counter.waitSeconds('orders:user:ada', 20)).toBeGreaterThan(0);
    expect(await counter.waitSeconds('orders:user:eve', 20)).toBe(0);
  }
});

it('policies with the same limit count their own clients', async () => {
  const [counter] = openCounters(1);
  expect(await counter?.take('orders:user:ada', 1)).toMatchObject({ isAllowed: true, remaining: 0 });
  expect(await counter?.take('orders:user:ada', 1)).toMatchObject({ isAllowed: false });
  expect(await counter?.take('reads:user:ada', 1)).toMatchObject({ isAllowed: true });
});

it('reports that the counter is away when the parent does not answer', async () => {
  const ends = linkEnds();
  links.push(ends);
  const counter = createWorkerCounter(ends.worker);
  await expect(counter.take('auth:network:192.0.2.1', 10)).rejects.toThrow(CounterAwayError);
});
