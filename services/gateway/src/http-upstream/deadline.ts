import type { ServerResponse } from 'node:http';
import { ClientGoneError, UpstreamTimeoutError } from './upstream-failures.ts';

/** The deadline of a call to a service. */
export interface Deadline {
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
