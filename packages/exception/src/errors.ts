import type { FieldError, ProblemOptions } from './problem-error.ts';
import { fieldErrorOf, ProblemError } from './problem-error.ts';

/** Seconds a client is told to wait when nothing better is known. */
const DEFAULT_RETRY_AFTER_SECONDS = 1;

/** 401: no token, or one that is not (or no longer) worth anything. */
export class AuthenticationError extends ProblemError {
  constructor(detail = 'A valid access token is required.', options: Pick<ProblemOptions, 'cause'> = {}) {
    super('AUTH_001', { ...options, detail });
  }
}

/** 401: a request without a token for a route that needs one. */
export class NotSignedInError extends AuthenticationError {
  constructor() {
    super('Sign in first, then send the access token as "Authorization: Bearer <token>".');
  }
}

/** 403: the caller is known, but may not do this. */
export class ForbiddenError extends ProblemError {
  constructor(detail = 'Your role does not allow this.') {
    super('AUTH_002', { detail });
  }
}

/** 404: not there, or somebody else's. */
export class NotFoundError extends ProblemError {
  constructor(resource: string) {
    super('RES_001', { detail: `${resource} was not found.` });
  }
}

/** 409: the identity is taken. */
export class AlreadyExistsError extends ProblemError {
  constructor(detail: string, field?: string) {
    super('RES_002', {
      detail,
      ...(field && {
        errors: [fieldErrorOf('body', [field], { message: detail, code: 'already_exists' })],
      }),
    });
  }
}

/** 409: the state of the resource does not allow the change. */
export class StateConflictError extends ProblemError {
  constructor(detail: string) {
    super('RES_003', { detail });
  }
}

/** 422: one or more fields are invalid; VAL_003 when all of them are merely missing. */
export class ValidationError extends ProblemError {
  constructor(errors: readonly FieldError[]) {
    const allMissing = errors.length > 0 && errors.every((error) => error.code === 'required');
    const fields = [...new Set(errors.map((error) => error.field))].join(', ');
    super(allMissing ? 'VAL_003' : 'VAL_001', {
      detail: allMissing ? `Missing: ${fields}.` : `Invalid: ${fields}.`,
      errors,
    });
  }

  /** Refuses one field of the body. */
  static ofField(field: string, message: string, code = 'invalid'): ValidationError {
    return new ValidationError([fieldErrorOf('body', [field], { message, code })]);
  }

  /** Refuses one parameter of the path or the query. */
  static ofParameter(parameter: string, message: string, code = 'invalid'): ValidationError {
    return new ValidationError([fieldErrorOf('parameter', [parameter], { message, code })]);
  }

  /** Refuses one header. */
  static ofHeader(header: string, message: string, code = 'invalid'): ValidationError {
    return new ValidationError([fieldErrorOf('header', [header], { message, code })]);
  }
}

/** 405: the path exists, and not for this method. The answer names the methods in `Allow`. */
export class MethodNotAllowedError extends ProblemError {
  readonly allowed: readonly string[];

  constructor(method: string, allowed: readonly string[]) {
    super('RES_004', { detail: `${method} is not possible here. Use ${allowed.join(', ')}.` });
    this.allowed = allowed;
  }
}

/** 400, 413 or 415: the request cannot be read at all. */
export class UnreadableRequestError extends ProblemError {
  constructor(detail: string, options: Pick<ProblemOptions, 'status' | 'cause' | 'errors'> = {}) {
    super('VAL_002', { ...options, detail });
  }
}

/** 429: a limit is exhausted. */
export class RateLimitedError extends ProblemError {
  constructor(retryAfterSeconds: number, detail = 'Too many requests.') {
    super('RATE_001', { detail, retryAfterSeconds });
  }
}

/** 503: busy or not ready; nothing was changed. */
export class UnavailableError extends ProblemError {
  constructor(
    detail = 'The service is busy, please try again.',
    options: Pick<ProblemOptions, 'cause' | 'retryAfterSeconds'> = {},
  ) {
    super('SVC_001', { retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS, ...options, detail });
  }
}

/** 502 or 504: a service behind the gateway failed or did not answer in time. */
export class UpstreamError extends ProblemError {
  constructor(detail: string, options: Pick<ProblemOptions, 'status' | 'cause'> = {}) {
    super('SVC_002', { ...options, detail, retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS });
  }
}

/** 500: an invariant of our own code is broken; the detail is logged, never sent. */
export class InternalError extends ProblemError {
  constructor(cause: unknown) {
    super('INT_001', { cause, detail: 'Something went wrong on our side.' });
  }
}
