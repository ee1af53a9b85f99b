/** What a client may rely on for one error code; the reference page of the code is rendered from it. */
export interface ErrorCodeDefinition {
  readonly status: number;
  readonly title: string;
  /** True when the very same request may succeed later without any change. */
  readonly retryable: boolean;
  /** When the platform answers with this code. */
  readonly meaning: string;
  /** What the client should do next. */
  readonly remedy: string;
}

/** Every code the platform answers with. Codes are stable: a new situation gets a new code. */
export const ERROR_CODES = {
  AUTH_001: {
    status: 401,
    title: 'Authentication required',
    retryable: false,
    meaning:
      'The access token is missing, malformed, expired or revoked, or the credentials are wrong. The answer and its timing are the same for an unknown user and a wrong password.',
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
    meaning: 'The resource does not exist, or it belongs to somebody else. The two are not told apart.',
    remedy: 'Check the path and the id.',
  },
  RES_002: {
    status: 409,
    title: 'Already exists',
    retryable: false,
    meaning: 'A resource with this identity exists: a taken username or e-mail, a known asset id.',
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
    meaning: 'The path exists, but not for this method. The header `Allow` lists the methods that it takes.',
    remedy: 'Use one of the methods in `Allow`.',
  },
  VAL_001: {
    status: 422,
    title: 'Invalid input',
    retryable: false,
    meaning: 'One or more fields are invalid. Every bad field is listed in `errors`.',
    remedy: 'Correct the listed fields.',
  },
  VAL_002: {
    status: 400,
    title: 'Unreadable request',
    retryable: false,
    meaning:
      'The request cannot be read: broken JSON, duplicate keys, two Host headers, a foreign cursor (400), a body that is too large (413), compressed or of another media type (415).',
    remedy: 'Send well-formed JSON of at most 64 KiB as application/json, without a Content-Encoding.',
  },
  VAL_003: {
    status: 422,
    title: 'Missing field',
    retryable: false,
    meaning: 'One or more required fields are missing. Every missing or bad field is listed in `errors`.',
    remedy: 'Add the listed fields.',
  },
  BUS_001: {
    status: 422,
    title: 'Insufficient balance',
    retryable: false,
    meaning: 'Cash or holding does not cover the request. `available` and `required` say by how much.',
    remedy: 'Deposit more, or ask for less.',
  },
  BUS_002: {
    status: 422,
    title: 'Order refused',
    retryable: false,
    meaning:
      'The order breaks a rule of trading: it would settle to zero, or its fields do not fit together.',
    remedy: 'Read `detail` and change the order.',
  },
  BUS_003: {
    status: 422,
    title: 'Asset not available',
    retryable: false,
    meaning: 'The asset is not open for trading.',
    remedy: 'Choose an asset whose `availability_status` is `available`.',
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
    meaning: 'The service is busy, starting, shutting down, or lacks a dependency. Nothing was changed.',
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
    meaning: 'Something unforeseen went wrong. No internal detail is shown.',
    remedy: 'Report the `trace_id`.',
  },
} as const satisfies Record<string, ErrorCodeDefinition>;

export type ErrorCode = keyof typeof ERROR_CODES;
