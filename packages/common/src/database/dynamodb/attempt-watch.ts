import { DeadlineError, isOutcomeUnknown } from './errors.ts';
import type { Deadline } from './retry.ts';

export interface AttemptWatch {
  /** Whether any attempt so far, the SDK's own ones included, may have been carried out without our knowing. */
  isUncertain(): boolean;
}

/** The part of an SDK command that this file needs. */
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
 * Watches every attempt of a command. The SDK retries by itself and shows only its last error: "throttled" at the end
 * says nothing about the first attempt, which may have timed out after the write was done.
 */
export function watchAttempts<I extends object, O extends object>(
  command: WatchedCommand<I, O>,
  deadline: Deadline,
): AttemptWatch {
  let uncertain = false;
  command.middlewareStack.add(
    (next) => async (args) => {
      // An attempt that is not made has a certain outcome. One that is aborted on its way has not.
      if (deadline.remainingMilliseconds() <= 0) throw new DeadlineError();
      try {
        return await next(args);
      } catch (error) {
        uncertain ||= isOutcomeUnknown(error);
        throw error;
      }
    },
    // Behind the SDK's own retry, so once for each attempt.
    { step: 'finalizeRequest', priority: 'low' },
  );
  return { isUncertain: () => uncertain };
}
