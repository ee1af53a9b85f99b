/** The contract of an error code with clients. The reference page of the code is rendered from it. */
export interface ErrorCodeDefinition {
  readonly status: number;
  readonly title: string;
  /** True when the same request may succeed later without any change. */
  readonly retryable: boolean;
  /** The situation in which the platform responds with this code. */
  readonly meaning: string;
  /** The next step of the client. */
  readonly remedy: string;
}

/** All error codes of the platform. Codes are stable: a new situation gets a new code. */
export const ERROR_CODES = {
  AUTH_001: {
    status: 401,
    title: 'Authentication required',
    retryable: false,
    meaning:
      'The access token is missing, malformed, expired or revoked, or the credentials are wrong. The response and its timing are the same for an unknown user and a wrong password.',
    remedy: 'Sign in again, or exchange the refresh token at POST /api/v1/auth/refresh.',
  },
  AUTH_002: {
    status: 403,
    title: 'Not allowed',
    retryable: false,
    meaning: 'The token is valid, but the role or the state of the account forbids the request.',
    remedy: 'Ask an administrator for the role, or to lift the suspension.',
  },
  RES_001: {
    status: 404,
    title: 'Not found',
    retryable: false,
    meaning: 'The resource does not exist, or it belongs to another user. The response is the same for both.',
    remedy: 'Check the path and the id.',
  },
  RES_002: {
    status: 409,
    title: 'Already exists',
    retryable: false,
    meaning: 'A resource with this identity exists: a taken username or e-mail, or an existing asset id.',
    remedy: 'Choose another identity, or read the existing resource.',
  },
  RES_003: {
    status: 409,
    title: 'State conflict',
    retryable: false,
    meaning: 'The resource is in a state that does not allow the change, such as an order that is final.',
    remedy: 'Read the resource again and decide anew.',
  },
  RES_004: {
    status: 405,
    title: 'Method not allowed',
    retryable: false,
    meaning: 'The path does not support this method. The header `Allow` lists the methods that it supports.',
    remedy: 'Use one of the methods in `Allow`.',
  },
  VAL_001: {
    status: 422,
    title: 'Invalid input',
    retryable: false,
    meaning: 'One or more fields are invalid. Every invalid field is listed in `errors`.',
    remedy: 'Correct the listed fields.',
  },
  VAL_002: {
    status: 400,
    title: 'Unreadable request',
    retryable: false,
    meaning:
      'The request cannot be read: invalid JSON, repeated keys, two Host headers, a cursor of another list (400), a body that is too large (413), compressed or of another media type (415).',
    remedy: 'Send valid JSON of at most 64 KiB as application/json, without a Content-Encoding.',
  },
  VAL_003: {
    status: 422,
    title: 'Missing field',
    retryable: false,
    meaning: 'One or more required fields are missing. Every missing field is listed in `errors`.',
    remedy: 'Add the listed fields.',
  },
  BUS_001: {
    status: 422,
    title: 'Insufficient balance',
    retryable: false,
    meaning:
      'The cash or the position does not cover the request. `available` and `required` have the amounts.',
    remedy: 'Deposit more, or request less.',
  },
  BUS_002: {
    status: 422,
    title: 'Order refused',
    retryable: false,
    meaning:
      'The order breaks a rule of trading: for example, its total rounds to zero, or its fields contradict each other.',
    remedy: 'Read `detail` and change the order.',
  },
  BUS_003: {
    status: 422,
    title: 'Asset not available',
    retryable: false,
    meaning: 'The asset is not open for trading.',
    remedy: 'Choose an asset whose `availability_status` is `available`.',
  },
  BUS_004: {
    status: 422,
    title: 'Limit reached',
    retryable: false,
    meaning:
      'The request exceeds what a user may do in a day (UTC), of which `used` is used, or the value that an order may have. `limit` has the limit.',
    remedy: 'Request less, try again on the next day, or ask for another tier.',
  },
  RATE_001: {
    status: 429,
    title: 'Too many requests',
    retryable: true,
    meaning: 'A rate limit, the limit of failed sign-ins, or the queue for password hashing is exhausted.',
    remedy: 'Wait for the seconds in `Retry-After`.',
  },
  SVC_001: {
    status: 503,
    title: 'Temporarily unavailable',
    retryable: true,
    meaning:
      'The service is busy, starting, shutting down, or a dependency is unavailable. Nothing was changed.',
    remedy:
      'Wait for the seconds in `Retry-After`, then send the same request with the same Idempotency-Key.',
  },
  SVC_002: {
    status: 502,
    title: 'Upstream failure',
    retryable: true,
    meaning:
      'A service behind the gateway failed (502) or did not answer in time (504). The outcome of a write is unknown.',
    remedy: 'Send the same request again with the same Idempotency-Key: it takes effect once.',
  },
  INT_001: {
    status: 500,
    title: 'Internal error',
    retryable: false,
    meaning: 'An unexpected error occurred. The response has no internal details.',
    remedy: 'Report the `trace_id`.',
  },
} as const satisfies Record<string, ErrorCodeDefinition>;

export type ErrorCode = keyof typeof ERROR_CODES;
