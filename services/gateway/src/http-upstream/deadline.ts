import type { ServerResponse } from 'node:http';
import { ClientGoneError, UpstreamTimeoutError } from './upstream-failures.ts';

export interface Deadline {
  readonly signal: AbortSignal;
  /** The answer has begun: it may take longer than that, as long as somebody reads it. */
  stopClock(): void;
}

/**
 * Ends a call to a service when it takes too long to begin to answer, or when the client went away.
 * @param response to the client, where its going away ends the call
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
