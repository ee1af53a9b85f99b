import { toProblemError } from '@cnop/exception/http/error-handler';
import type { ProblemError } from '@cnop/exception/problem-error';

/** What a check throws, as a value: hooks that need not wait hand errors to a callback. */
export function refusalOf(check: () => void): ProblemError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return toProblemError(error);
  }
}
