import { DeadlineError, isOutcomeUnknown } from './errors.ts';
import type { Deadline } from './retry.ts';

/** The outcome of the attempts of a command. */
export interface AttemptWatch {
  /** Returns whether any attempt so far, including those of the SDK, may have been executed although it failed. */
  isUncertain(): boolean;
}

/** The part of an SDK command that is needed here. */
interface WatchedCommand<I extends object, O extends object> {
  readonly middlewareStack: {
    add(
      middleware: (next: Handler<I, O>) => Handler<I, O>,
      options: { step: 'finalizeRequest'; priority: 'low' },
    ): void;
  };
}
type Handler<I, O> = (args: { input: I; request: unknown }) => Promise<{ response: unknown; output: O }>;

/**
 * Watches every attempt of a command. The SDK retries by itself and reports only the last error: after a final
 * "throttled", the first attempt may still have timed out after its write was executed.
 */
export function watchAttempts<I extends object, O extends object>(
  command: WatchedCommand<I, O>,
  deadline: Deadline,
): AttemptWatch {
  let uncertain = false;
  command.middlewareStack.add(
    (next) => async (args) => {
      // An attempt that is not sent has a known outcome; one that is aborted does not.
      if (deadline.remainingMilliseconds() <= 0) throw new DeadlineError();
      try {
        return await next(args);
      } catch (error) {
        uncertain ||= isOutcomeUnknown(error);
        throw error;
      }
    },
    // Runs after the retry middleware of the SDK, so once per attempt.
    { step: 'finalizeRequest', priority: 'low' },
  );
  return { isUncertain: () => uncertain };
}
