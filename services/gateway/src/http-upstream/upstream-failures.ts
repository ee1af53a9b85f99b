import { UpstreamError } from '@cnop/exception/errors';
import { ProblemError } from '@cnop/exception/problem-error';

/** 502: no connection, or one that broke before the response started. */
export class ConnectionFailedError extends UpstreamError {
  constructor(cause: unknown) {
    super('A service could not be reached.', { status: 502, cause });
  }
}

/** 504: no response in time. A write may have happened. */
export class UpstreamTimeoutError extends UpstreamError {
  constructor(cause?: unknown) {
    super('A service did not response in time.', { status: 504, cause });
  }
}

/** The client disconnected, which is no failure of the service. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

const TIMEOUT_CODES = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT']);
/** Errors in the use of the HTTP client, which say nothing about the service. */
const MISUSE_CODES = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED']);

/** Converts an error of the HTTP client into an upstream failure; returns other errors unchanged. */
export function toUpstreamFailure(thrown: unknown): unknown {
  if (thrown instanceof ProblemError || thrown instanceof ClientGoneError) return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (MISUSE_CODES.has(code)) return thrown;
  return TIMEOUT_CODES.has(code) ? new UpstreamTimeoutError(thrown) : new ConnectionFailedError(thrown);
}
