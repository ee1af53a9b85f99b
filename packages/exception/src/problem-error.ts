import type { ErrorCode } from './error-codes.ts';
import { ERROR_CODES } from './error-codes.ts';

/** One invalid input, named for people (`field`) and for programs (`pointer`, RFC 6901). */
export interface FieldError {
  readonly field: string;
  readonly pointer: string;
  readonly message: string;
  readonly code: string;
}

export interface ProblemOptions {
  /** Shown to the client; defaults to the title of the code. */
  readonly detail?: string;
  /** Overrides the status of the code where one code covers several (413, 415, 504). */
  readonly status?: number;
  readonly errors?: readonly FieldError[];
  /** Further members of the answer, such as `available` and `required`. */
  readonly extensions?: Readonly<Record<string, string | number | boolean | null>>;
  readonly retryAfterSeconds?: number;
  /** Logged, never sent. */
  readonly cause?: unknown;
}

/** The base of every error that is meant for a client. Anything else that is thrown becomes INT_001. */
export class ProblemError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly errors: readonly FieldError[];
  readonly extensions: Readonly<Record<string, string | number | boolean | null>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, options: ProblemOptions = {}) {
    super(options.detail ?? ERROR_CODES[code].title, { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.status = options.status ?? ERROR_CODES[code].status;
    this.errors = options.errors ?? [];
    this.extensions = options.extensions ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
