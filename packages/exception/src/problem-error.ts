import type { ErrorCode } from './error-codes.ts';
import { ERROR_CODES } from './error-codes.ts';

/** The part of a request with an invalid input. */
export type RequestPart = 'body' | 'parameter' | 'header';

/**
 * An invalid input. `field` names it for users; exactly one of three members locates it for programs: `pointer` into
 * the body (RFC 6901), `parameter` of the path or the query, or `header`.
 */
export type FieldError = {
  readonly field: string;
  readonly message: string;
  readonly code: string;
} & InputLocation;

type InputLocation =
  | { readonly pointer: string }
  | { readonly parameter: string }
  | { readonly header: string };

/** Returns the error of one invalid input, located in its part of the request. */
export function fieldErrorOf(
  part: RequestPart,
  path: readonly PropertyKey[],
  { message, code }: Pick<FieldError, 'message' | 'code'>,
): FieldError {
  const segments = path.map(String);
  const field = (part === 'body' ? segments.join('.') : segments[0]) || part;
  return { field, ...locationOf(part, segments), message, code };
}

function locationOf(part: RequestPart, segments: readonly string[]): InputLocation {
  if (part === 'header') return { header: segments[0] ?? '' };
  if (part === 'parameter') return { parameter: segments[0] ?? '' };
  const escaped = segments.map((segment) => `/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return { pointer: escaped.join('') };
}

/** The parts of a problem besides its code. */
export interface ProblemOptions {
  /** The text for the client; defaults to the title of the code. */
  readonly detail?: string;
  /** Replaces the status of a code that covers several (413, 415, 504). */
  readonly status?: number;
  readonly errors?: readonly FieldError[];
  /** Further members of the response, such as `available` and `required`. */
  readonly extensions?: Readonly<Record<string, string | number | boolean | null>>;
  readonly retryAfterSeconds?: number;
  /** Logged, never sent. */
  readonly cause?: unknown;
}

/** The base of every error that a client sees. Any other thrown value becomes INT_001 (500). */
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
