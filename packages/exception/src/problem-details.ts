import { ERROR_CODES } from './error-codes.ts';
import type { FieldError, ProblemError } from './problem-error.ts';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

/** The body of every error response (RFC 9457), with our extension members. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly trace_id: string;
  readonly timestamp: string;
  readonly retryable: boolean;
  readonly errors?: readonly FieldError[];
}

/** The request that failed, and the time. */
export interface ProblemContext {
  /** The path of the request, without its query. */
  readonly instance: string;
  readonly traceId: string;
  readonly at: Date;
}

/**
 * Converts an error into the body of a response. Extension members cannot replace the standard ones.
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export function toProblemDetails(error: ProblemError, context: ProblemContext): ProblemDetails {
  const definition = ERROR_CODES[error.code];
  return {
    ...error.extensions,
    type: `/errors/${error.code}`,
    title: definition.title,
    status: error.status,
    detail: error.message,
    instance: context.instance,
    code: error.code,
    trace_id: context.traceId,
    timestamp: context.at.toISOString(),
    retryable: definition.retryable,
    ...(error.errors.length > 0 && { errors: error.errors }),
  };
}
