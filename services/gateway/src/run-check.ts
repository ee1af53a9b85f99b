import { toProblemError } from '@cnop/exception/http/error-handler';
import type { ProblemError } from '@cnop/exception/problem-error';

/** A check that refuses by throwing or rejecting, and returns undefined when it is done at once. */
export type Check = () => Promise<void> | undefined;

/**
 * Runs a check, then calls `proceed`, with the refusal if there is one. It does so synchronously when the check does: a
 * promise for every request would cost more than the check.
 */
export function runCheck(check: Check, proceed: (refusal?: ProblemError) => void): void {
  let pending: Promise<void> | undefined;
  try {
    pending = check();
  } catch (error) {
    proceed(toProblemError(error));
    return;
  }
  if (!pending) {
    proceed();
    return;
  }
  pending.then(
    () => proceed(),
    (error: unknown) => proceed(toProblemError(error)),
  );
}
