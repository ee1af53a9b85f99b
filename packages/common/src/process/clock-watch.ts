import { UnavailableError } from '@cnop/exception/errors';
import type { Logger } from 'pino';
import type { ServerTime } from '../core/clock.ts';
import { MILLISECONDS_PER_SECOND } from '../core/clock.ts';
import { defineGauge } from '../core/figures.ts';
import type { HealthChecks } from '../http/health.ts';

/** A server whose clock ours is compared with. */
export type ClockReference = 'store' | 'redis';

const NAMES: Readonly<Record<ClockReference, string>> = { store: 'the store', redis: 'Redis' };

/** The greatest difference between clocks at which a process is ready. */
const MAX_DIFFERENCE_SECONDS = 5;
/** The greatest difference of a clock that times quotes: others refuse quotes that are further in the future. */
const MAX_QUOTE_DIFFERENCE_SECONDS = 2;

const showDifference = defineGauge({
  name: 'cnop_clock_difference_seconds',
  help: 'How far the clock of this process is ahead of that of a server, at least; negative when it is behind.',
  labelNames: ['reference'],
});

/** Compares the clock of this process with those of servers. */
export interface ClockWatch {
  /** Returns the listener for the times of a server. */
  listenTo(reference: ClockReference): (time: ServerTime) => void;
  /** The readiness check: fails while a difference is too large. */
  readonly checks: HealthChecks;
  /** Returns whether quotes with the time of this process can be trusted, as far as servers have told. */
  mayTimeQuotes(): boolean;
}

/** Creates a watch without any comparison yet. It warns when a difference becomes too large, and when it is over. */
export function createClockWatch(logger: Pick<Logger, 'warn' | 'info'>): ClockWatch {
  const latest = new Map<ClockReference, number>();

  const note = (reference: ClockReference, seconds: number): void => {
    const wasTooLarge = isTooLarge(latest.get(reference) ?? 0);
    latest.set(reference, seconds);
    if (isTooLarge(seconds)) {
      if (!wasTooLarge)
        logger.warn({ reference, difference_seconds: seconds }, 'the clock of this machine is wrong');
    } else if (wasTooLarge) {
      logger.info({ reference, difference_seconds: seconds }, 'the clock of this machine is right again');
    }
  };

  return {
    listenTo: (reference) => (time) => {
      const seconds = differenceSeconds(time);
      showDifference({ reference }, seconds);
      note(reference, seconds);
    },

    checks: {
      clock: async () => {
        for (const [reference, seconds] of latest)
          if (isTooLarge(seconds)) throw new ClockDifferenceError(reference, seconds);
      },
    },

    mayTimeQuotes: () =>
      [...latest.values()].every((seconds) => Math.abs(seconds) <= MAX_QUOTE_DIFFERENCE_SECONDS),
  };
}

function isTooLarge(seconds: number): boolean {
  return Math.abs(seconds) > MAX_DIFFERENCE_SECONDS;
}

/** 503 SVC_001: the clock of this machine differs from that of a server. */
class ClockDifferenceError extends UnavailableError {
  constructor(reference: ClockReference, seconds: number) {
    const relation = seconds > 0 ? 'ahead of' : 'behind';
    const amount = Math.round(Math.abs(seconds));
    super(`The clock of this machine is ${amount} seconds ${relation} that of ${NAMES[reference]}: set it.`);
  }
}

/**
 * Returns the difference that a response proves: the server read its clock at some time between request and response, so
 * a slow response proves less. 0 when the clocks may agree.
 */
function differenceSeconds(time: ServerTime): number {
  const { sentAtMilliseconds, receivedAtMilliseconds, serverMilliseconds, stepMilliseconds } = time;
  const least = sentAtMilliseconds - (serverMilliseconds + stepMilliseconds);
  const most = receivedAtMilliseconds - serverMilliseconds;
  const milliseconds = least > 0 ? least : Math.min(most, 0);
  return milliseconds / MILLISECONDS_PER_SECOND;
}
