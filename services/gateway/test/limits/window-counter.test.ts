import { createFakeClock } from '@cnop/testing/fake-clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWindowCounter } from '../../src/limits/window-counter.ts';

const WINDOW_MILLISECONDS = 60_000;

function createCounter({
  limit = 3,
  maxClients = 1_000,
  sharedCounts,
}: {
  readonly limit?: number;
  readonly maxClients?: number;
  readonly sharedCounts?: number;
} = {}) {
  const clock = createFakeClock();
  return {
    clock,
    counter: createWindowCounter({
      limit,
      maxClients,
      clock,
      ...(sharedCounts !== undefined && { sharedCounts }),
    }),
  };
}

describe('window counter', () => {
  it('allows exactly the limit', () => {
    const { counter } = createCounter();
    const counts = Array.from({ length: 5 }, () => counter.take('alice'));
    expect(counts.map(({ isAllowed }) => isAllowed)).toEqual([true, true, true, false, false]);
    expect(counts.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0, 0]);
  });

  it('allows again once the oldest request has left the window, and returns the wait', () => {
    const { clock, counter } = createCounter();
    counter.take('alice');
    clock.advanceSeconds(20);
    counter.take('alice');
    counter.take('alice');
    expect(counter.take('alice')).toEqual({ isAllowed: false, remaining: 0, waitSeconds: 41 });
    clock.advanceSeconds(40);
    expect(counter.waitSeconds('alice')).toBe(1);
    expect(counter.take('alice').isAllowed).toBe(false);
    clock.advanceSeconds(1);
    expect(counter.waitSeconds('alice')).toBe(0);
    expect(counter.take('alice')).toMatchObject({ isAllowed: true, remaining: 0 });
  });

  it('does not count refused requests', () => {
    const { clock, counter } = createCounter();
    for (let request = 0; request < 61; request++) {
      counter.take('alice');
      clock.advanceSeconds(1);
    }
    expect(counter.take('alice').isAllowed).toBe(true);
  });

  it('counts each client separately', () => {
    const { counter } = createCounter({ limit: 1 });
    expect(counter.take('alice').isAllowed).toBe(true);
    expect(counter.take('bob').isAllowed).toBe(true);
    expect(counter.take('alice').isAllowed).toBe(false);
  });

  it('never allows more than the limit in any 60 seconds', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 20_000 }), {
      minLength: 20,
      maxLength: 200,
      size: 'max',
    });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 5 }), (gapsMilliseconds, limit) => {
        const { clock, counter } = createCounter({ limit });
        const allowedAt: number[] = [];
        for (const gap of gapsMilliseconds) {
          clock.advanceMilliseconds(gap);
          if (counter.take('alice').isAllowed) allowedAt.push(clock.now().getTime());
        }
        for (const [index, at] of allowedAt.entries()) {
          const next = allowedAt[index + limit];
          if (next !== undefined) expect(next - at).toBeGreaterThanOrEqual(WINDOW_MILLISECONDS);
        }
      }),
    );
  });

  it('remembers a client while 100,000 others come and go', () => {
    const { clock, counter } = createCounter({ limit: 2, maxClients: 1_000 });
    counter.take('attacker');
    counter.take('attacker');
    for (let other = 0; other < 100_000; other++) {
      counter.take(`other-${other}`);
      if (other % 2_000 === 0) clock.advanceSeconds(1);
      if (other % 1_000 === 0) expect(counter.take('attacker').isAllowed).toBe(false);
    }
  });

  it('makes new clients share counts when it tracks too many, and recovers', () => {
    const { clock, counter } = createCounter({ limit: 2, maxClients: 3, sharedCounts: 1 });
    for (const client of ['a', 'b', 'c']) counter.take(client);
    expect(['d', 'e', 'f'].map((client) => counter.take(client).isAllowed)).toEqual([true, true, false]);
    expect(counter.waitSeconds('g')).toBe(61);
    expect(counter.take('a').isAllowed).toBe(true);
    clock.advanceSeconds(122);
    expect(['d', 'e', 'f'].map((client) => counter.take(client).remaining)).toEqual([1, 1, 1]);
  });

  it('spreads new clients over the shared counts, so that a few busy ones affect few others', () => {
    const { counter } = createCounter({ limit: 2, maxClients: 3 });
    for (const client of ['a', 'b', 'c']) counter.take(client);
    for (let loud = 0; loud < 40; loud++) {
      for (let request = 0; request < 3; request++) counter.take(`loud-${loud}`);
    }
    const others = Array.from({ length: 200 }, (_, index) => counter.take(`other-${index}`));
    // Each of them shares a count with a busy client with a probability of a hundredth.
    expect(others.filter(({ isAllowed }) => isAllowed).length).toBeGreaterThan(170);
  });

  it('stands still while the clock is set back', () => {
    const { clock, counter } = createCounter({ limit: 2 });
    counter.take('alice');
    clock.advanceSeconds(-30);
    expect(counter.take('alice').isAllowed).toBe(true);
    expect(counter.take('alice').isAllowed).toBe(false);
  });
});
