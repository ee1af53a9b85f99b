import { describe, expect, it } from 'vitest';
import { chooseEligible, chooseInPanic } from '../../src/upstreams/choose-instance.ts';
import type { InstanceState } from '../../src/upstreams/instance-state.ts';
import { afterFailure, afterProbe, UNKNOWN_STATE } from '../../src/upstreams/instance-state.ts';

const NOW = 100_000;
const READY = afterProbe(UNKNOWN_STATE, true, 0);
const EJECTED = Array.from({ length: 5 }).reduce<InstanceState>(
  (state) => afterFailure(state, 'broken', NOW),
  READY,
);

interface Fake {
  readonly name: string;
  readonly state: InstanceState;
  readonly load: number;
}

const fake = (name: string, state: InstanceState = READY, load = 0): Fake => ({ name, state, load });

/** Returns a sequence of numbers that is the same in every run. */
function seeded(): () => number {
  let state = 42;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

function shares(
  choose: typeof chooseEligible,
  instances: readonly Fake[],
  { tried = [], now = NOW }: { readonly tried?: readonly Fake[]; readonly now?: number } = {},
) {
  const random = seeded();
  const counts: Record<string, number> = {};
  const choices = 10_000;
  for (let time = 0; time < choices; time++) {
    const chosen = choose(instances, { tried, loadOf: ({ load }) => load, now, random });
    const name = chosen?.name ?? 'none';
    counts[name] = (counts[name] ?? 0) + 1 / choices;
  }
  return counts;
}

describe('the choice among eligible instances', () => {
  it('is even when they are equally loaded', () => {
    const counts = shares(chooseEligible, [fake('a'), fake('b'), fake('c'), fake('d')]);
    for (const name of ['a', 'b', 'c', 'd']) expect(counts[name]).toBeCloseTo(0.25, 1);
  });

  it('falls on the less loaded of two', () => {
    expect(shares(chooseEligible, [fake('a', READY, 3), fake('b', READY, 2)])).toEqual({
      b: expect.closeTo(1, 5) as number,
    });
    const counts = shares(chooseEligible, [fake('a', READY, 9), fake('b', READY, 1), fake('c', READY, 5)]);
    // The most loaded of three loses against either, the least loaded loses against none.
    expect(counts['a']).toBeUndefined();
    expect(counts['b']).toBeCloseTo(2 / 3, 1);
  });

  it('gives an instance that re-enters its share', () => {
    const back = fake('back', afterProbe(UNKNOWN_STATE, true, NOW));
    const counts = [0, 2_500, 5_000].map(
      (elapsed) => shares(chooseEligible, [fake('a'), back], { now: NOW + elapsed })['back'],
    );
    expect(counts[0]).toBeCloseTo(0.05, 2);
    expect(counts[1]).toBeCloseTo(0.25, 1);
    expect(counts[2]).toBeCloseTo(0.5, 1);
  });

  it('prefers the less loaded also when all re-enter', () => {
    const fresh = afterProbe(UNKNOWN_STATE, true, NOW);
    expect(Object.keys(shares(chooseEligible, [fake('a', fresh, 1), fake('b', fresh)]))).toEqual(['b']);
  });

  it('leaves out those that are ejected, not ready or tried, and may find none', () => {
    const tried = fake('tried');
    const instances = [fake('ejected', EJECTED), fake('unknown', UNKNOWN_STATE), tried];
    expect(Object.keys(shares(chooseEligible, instances, { tried: [tried] }))).toEqual(['none']);
  });
});

describe('the choice in a panic', () => {
  it('prefers instances that are merely not ready to ejected ones', () => {
    const instances = [fake('ejected', EJECTED), fake('unknown', UNKNOWN_STATE, 50)];
    expect(Object.keys(shares(chooseInPanic, instances))).toEqual(['unknown']);
  });

  it('gives an ejected instance at most ten requests at once', () => {
    expect(Object.keys(shares(chooseInPanic, [fake('a', EJECTED, 9)]))).toEqual(['a']);
    expect(Object.keys(shares(chooseInPanic, [fake('a', EJECTED, 10)]))).toEqual(['none']);
  });

  it('leaves out those that were tried', () => {
    const tried = fake('tried', EJECTED);
    expect(Object.keys(shares(chooseInPanic, [tried], { tried: [tried] }))).toEqual(['none']);
  });
});
