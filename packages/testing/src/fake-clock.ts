import type { Clock, MonotonicClock } from '@cnop/common/core/clock';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';

/** A clock that a test controls. Only an advance counts as elapsed time; setting the clock does not. */
export interface FakeClock extends Clock, MonotonicClock {
  advanceSeconds(seconds: number): void;
  advanceMilliseconds(milliseconds: number): void;
  /** Sets the time, as an administrator sets the clock of a machine. */
  set(at: Date | string): void;
}

/** Creates a clock that stands still until a test moves it. */
export function createFakeClock(start: Date | string = '2026-01-15T12:00:00.000Z'): FakeClock {
  let nowMilliseconds = new Date(start).getTime();
  let elapsedMilliseconds = 0;
  const advance = (milliseconds: number): void => {
    nowMilliseconds += milliseconds;
    elapsedMilliseconds += Math.max(milliseconds, 0);
  };
  return {
    now: () => new Date(nowMilliseconds),
    elapsedMilliseconds: () => elapsedMilliseconds,
    advanceSeconds: (seconds) => advance(seconds * MILLISECONDS_PER_SECOND),
    advanceMilliseconds: advance,
    set(at) {
      nowMilliseconds = new Date(at).getTime();
    },
  };
}
