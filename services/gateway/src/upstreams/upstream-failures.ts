import type { ServerResponse } from 'node:http';
import { UpstreamError } from '@cnop/exception/errors';
import { ProblemError } from '@cnop/exception/problem-error';

/** 502: no connection, or one that broke before the response started. */
export class ConnectionFailedError extends UpstreamError {
  constructor(cause: unknown) {
    super('A service could not be reached.', { status: 502, cause });
  }
}

/** 504: no response in time. A write may have happened. */
class UpstreamTimeoutError extends UpstreamError {
  constructor(cause?: unknown) {
    super('A service did not answer in time.', { status: 504, cause });
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

/** The deadline of a call to a service. */
interface Deadline {
  readonly signal: AbortSignal;
  /** Stops the timer once the response has started, which may then take longer. */
  stopClock(): void;
}

/**
 * Creates a deadline that aborts a call when the response takes too long to start, or when the client disconnects.
 * @param response the response to the client; without it a disconnect does not abort the call
 */
export function createDeadline(milliseconds: number, response?: ServerResponse): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new UpstreamTimeoutError()), milliseconds);
  response?.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) controller.abort(new ClientGoneError());
  });
  return { signal: controller.signal, stopClock: () => clearTimeout(timer) };
}
