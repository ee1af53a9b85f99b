import type { OrderReason } from '@cnop/common/entities/order/order-preview';
import { ProblemError } from '@cnop/exception/problem-error';

/** The outcome of a rule that throws when it refuses. */
export type Attempt<T> =
  | { readonly value: T; readonly reasons: readonly [] }
  | { readonly value: undefined; readonly reasons: readonly OrderReason[] };

/** Applies a rule and keeps its refusal instead of throwing it. What is no refusal is a bug and goes on. */
export function attempt<T>(rule: () => T): Attempt<T> {
  try {
    return { value: rule(), reasons: [] };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { value: undefined, reasons: reasonsOf(error) };
  }
}

/** What a problem says, one entry for each field that it names. */
export function reasonsOf(problem: ProblemError): OrderReason[] {
  const { code, message, errors } = problem;
  if (errors.length === 0) return [{ code, field: null, message, ...shortfallOf(problem) }];
  return errors.map((error) => ({
    code: error.code === 'required' ? 'VAL_003' : code,
    field: error.field,
    message: error.message,
    ...shortfallOf(problem),
  }));
}

function shortfallOf({ extensions }: ProblemError): Pick<OrderReason, 'available' | 'required'> {
  const { available, required } = extensions;
  return typeof available === 'string' && typeof required === 'string' ? { available, required } : {};
}

/** Two rules may refuse the same thing. */
export function distinct(reasons: readonly OrderReason[]): OrderReason[] {
  const known = new Map(
    reasons.map((reason) => [`${reason.code} ${reason.field} ${reason.message}`, reason]),
  );
  return [...known.values()];
}
