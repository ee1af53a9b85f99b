import type { FieldError, ProblemOptions } from './problem-error.ts';
import { fieldErrorOf, ProblemError } from './problem-error.ts';

/** The default `Retry-After`. */
const DEFAULT_RETRY_AFTER_SECONDS = 1;

/** 401: the token is missing, invalid, expired or revoked. */
export class AuthenticationError extends ProblemError {
  constructor(detail = 'A valid access token is required.', options: Pick<ProblemOptions, 'cause'> = {}) {
    super('AUTH_001', { ...options, detail });
  }
}

/** 401: the request has no token, and its route needs one. */
export class NotSignedInError extends AuthenticationError {
  constructor() {
    super('Sign in first, then send the access token as "Authorization: Bearer <token>".');
  }
}

/** 403: the role of the user does not allow the request. */
export class ForbiddenError extends ProblemError {
  constructor(detail = 'Your role does not allow this.') {
    super('AUTH_002', { detail });
  }
}

/** 404: the resource does not exist, or belongs to another user. */
export class NotFoundError extends ProblemError {
  constructor(resource: string) {
    super('RES_001', { detail: `${resource} was not found.` });
  }
}

/** 409: the identity of a new resource is taken. */
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

/** 422: one or more fields are invalid (VAL_001), or all of them are missing (VAL_003). */
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

/** 405: the path does not support the method. The response lists the supported methods in `Allow`. */
export class MethodNotAllowedError extends ProblemError {
  readonly allowed: readonly string[];

  constructor(method: string, allowed: readonly string[]) {
    super('RES_004', { detail: `${method} is not possible here. Use ${allowed.join(', ')}.` });
    this.allowed = allowed;
  }
}

/** 400, 413 or 415: the request cannot be read. */
export class UnreadableRequestError extends ProblemError {
  constructor(detail: string, options: Pick<ProblemOptions, 'status' | 'cause' | 'errors'> = {}) {
    super('VAL_002', { ...options, detail });
  }
}

/** 429: a rate limit is exhausted. */
export class RateLimitedError extends ProblemError {
  constructor(retryAfterSeconds: number, detail = 'Too many requests.') {
    super('RATE_001', { detail, retryAfterSeconds });
  }
}

/** 503: the service is busy or not ready; nothing was changed. */
export class UnavailableError extends ProblemError {
  constructor(
    detail = 'The service is busy, please try again.',
    options: Pick<ProblemOptions, 'cause' | 'retryAfterSeconds'> = {},
  ) {
    super('SVC_001', { retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS, ...options, detail });
  }
}

/** 502 or 504: a service behind the gateway failed, or did not respond in time. */
export class UpstreamError extends ProblemError {
  constructor(detail: string, options: Pick<ProblemOptions, 'status' | 'cause'> = {}) {
    super('SVC_002', { ...options, detail, retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS });
  }
}

/** 500: an invariant of our code is broken; the cause is logged, never sent. */
export class InternalError extends ProblemError {
  constructor(cause: unknown) {
    super('INT_001', { cause, detail: 'Something went wrong on our side.' });
  }
}
