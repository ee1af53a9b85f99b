import { UpstreamError } from '@cnop/exception/errors';
import { ProblemError } from '@cnop/exception/problem-error';

/** 502: no connection, or one that broke before the answer began. */
export class ConnectionFailedError extends UpstreamError {
  constructor(cause: unknown) {
    super('A service could not be reached.', { status: 502, cause });
  }
}

/** 504: no answer in time. Whether a write happened is unknown. */
export class UpstreamTimeoutError extends UpstreamError {
  constructor(cause?: unknown) {
    super('A service did not answer in time.', { status: 504, cause });
  }
}

/** The client went away: nobody is left to answer, and the service is not to blame. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

const TIMEOUT_CODES = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT']);
/** Our own mistake in a call, which says nothing about the service. */
const MISUSE_CODES = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED']);

/** What an HTTP client threw, as what it means for us. */
export function toUpstreamFailure(thrown: unknown): unknown {
  if (thrown instanceof ProblemError || thrown instanceof ClientGoneError) return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (MISUSE_CODES.has(code)) return thrown;
  return TIMEOUT_CODES.has(code) ? new UpstreamTimeoutError(thrown) : new ConnectionFailedError(thrown);
}
