import type { Clock } from '@cnop/common/core/clock';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';

/** A clock that a test controls. */
export interface FakeClock extends Clock {
  advanceSeconds(seconds: number): void;
  advanceMilliseconds(milliseconds: number): void;
  set(at: Date | string): void;
}

/** Creates a clock that stands still until a test moves it. */
export function createFakeClock(start: Date | string = '2026-01-15T12:00:00.000Z'): FakeClock {
  let nowMilliseconds = new Date(start).getTime();
  return {
    now: () => new Date(nowMilliseconds),
    advanceSeconds(seconds) {
      nowMilliseconds += seconds * MILLISECONDS_PER_SECOND;
    },
    advanceMilliseconds(milliseconds) {
      nowMilliseconds += milliseconds;
    },
    set(at) {
      nowMilliseconds = new Date(at).getTime();
    },
  };
}
