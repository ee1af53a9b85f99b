import { expect, it } from 'vitest';
import type { FailureReason, InstanceState } from '../../src/upstreams/instance-state.ts';
import {
  afterFailure,
  afterProbe,
  afterResponse,
  afterUnavailable,
  FAILURE_REASONS,
  isEligible,
  shareOf,
  stateNameOf,
  UNKNOWN_STATE,
} from '../../src/upstreams/instance-state.ts';

const SECOND = 1_000;
/** After the slow re-entry that follows the first probe. */
const START = 10 * SECOND;
const READY = afterProbe(UNKNOWN_STATE, true, 0);

function failing(state: InstanceState, reason: FailureReason, times: number, now: number): InstanceState {
  let failed = state;
  for (let time = 0; time < times; time++) failed = afterFailure(failed, reason, now);
  return failed;
}

it('is not eligible before its first probe, then enters slowly', () => {
  expect(isEligible(UNKNOWN_STATE, START)).toBe(false);
  const ready = afterProbe(UNKNOWN_STATE, true, START);
  expect(isEligible(ready, START)).toBe(true);
  expect([0, 1, 2.5, 5, 60].map((seconds) => shareOf(ready, START + seconds * SECOND))).toEqual([
    0.1, 0.2, 0.5, 1, 1,
  ]);
});

it.each([
  ['unreachable', 2],
  ['broken', 5],
  ['timeout', 5],
  ['bad_gateway', 5],
] as const)('is ejected after failures in a row: %s, %i times', (reason, times) => {
  expect(stateNameOf(failing(READY, reason, times - 1, START), START)).toBe('ready');
  expect(stateNameOf(failing(READY, reason, times, START), START)).toBe('ejected');
});

it('is not ejected when responses come between', () => {
  let state = READY;
  for (let round = 0; round < 10; round++) state = afterResponse(failing(state, 'broken', 4, START), START);
  expect(isEligible(state, START)).toBe(true);
});

it('is ejected for twice the time each time, up to 30 seconds, and after the first by one failure', () => {
  let state = READY;
  let now = START;
  const seconds: number[] = [];
  for (let round = 0; round < 7; round++) {
    state = failing(state, 'broken', round === 0 ? 5 : 1, now);
    const { until } = state.ejection!;
    seconds.push((until - now) / SECOND);
    expect([isEligible(state, until - 1), isEligible(state, until)]).toEqual([false, true]);
    expect(shareOf(state, until)).toBe(0.1);
    now = until;
  }
  expect(seconds).toEqual([1, 2, 4, 8, 16, 30, 30]);
});

it('is ejected for the shortest time again after a minute without ejection', () => {
  const ejected = failing(READY, 'broken', 5, START);
  const later = ejected.ejection!.until + 60 * SECOND;
  expect(failing(ejected, 'broken', 1, later).ejection).toMatchObject({ until: later + SECOND, count: 1 });
});

it('takes failures while it is ejected for no further ejection', () => {
  const ejected = failing(READY, 'broken', 5, START);
  expect(failing(ejected, 'broken', 20, START + 1).ejection).toEqual(ejected.ejection);
});

it('is ejected no longer once it responds, and re-enters slowly', () => {
  const back = afterResponse(failing(READY, 'timeout', 5, START), START + 1);
  expect([isEligible(back, START + 1), shareOf(back, START + 1)]).toEqual([true, 0.1]);
});

it.each(FAILURE_REASONS)('is ejected no longer after a probe only if it was unreachable: %s', (reason) => {
  const probed = afterProbe(failing(READY, reason, 5, START), true, START + 1);
  expect(isEligible(probed, START + 1)).toBe(reason === 'unreachable');
});

it('re-enters slowly after a probe that found it not ready, and at once after a mere suspicion', () => {
  const absent = afterProbe(READY, false, START);
  expect([isEligible(absent, START), stateNameOf(absent, START)]).toEqual([false, 'not_ready']);
  const back = afterProbe(absent, true, START + SECOND);
  expect([isEligible(back, START + SECOND), shareOf(back, START + SECOND)]).toEqual([true, 0.1]);

  const suspected = afterUnavailable(READY);
  expect([isEligible(suspected, START), stateNameOf(suspected, START)]).toEqual([false, 'not_ready']);
  const cleared = afterProbe(suspected, true, START + 1);
  expect([isEligible(cleared, START + 1), shareOf(cleared, START + 1)]).toEqual([true, 1]);
});
