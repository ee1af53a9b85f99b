import { toProblemError } from '@cnop/exception/http/error-handler';
import type { ProblemError } from '@cnop/exception/problem-error';

/** Refuses by throwing or rejecting; gives nothing back when there is nothing to wait for. */
export type Check = () => Promise<void> | undefined;

/**
 * Runs a check, then goes on with its refusal, if there is one. Most checks need not wait: then all of it happens at once,
 * since a promise for every request would cost more than the check.
 */
export function whenChecked(check: Check, proceed: (refusal?: ProblemError) => void): void {
  let waiting: Promise<void> | undefined;
  try {
    waiting = check();
  } catch (error) {
    proceed(toProblemError(error));
    return;
  }
  if (!waiting) {
    proceed();
    return;
  }
  waiting.then(
    () => proceed(),
    (error: unknown) => proceed(toProblemError(error)),
  );
}
