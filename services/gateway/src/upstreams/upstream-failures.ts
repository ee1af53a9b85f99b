import type { ServerResponse } from 'node:http';
import { UpstreamError } from '@cnop/exception/errors';

/**
 * How far a request came that was lost before its response:
 *
 * - `unreachable`: there was no connection, so nothing was written;
 * - `unsent`: the connection was closed before all of the request was written, so the service could not execute it;
 * - `broken`: the connection was lost after the request was written, so the service may have executed it.
 */
export type Loss = 'unreachable' | 'unsent' | 'broken';

/** 502: no connection, or one that broke before the response started. */
export class ConnectionFailedError extends UpstreamError {
  readonly loss: Loss;

  constructor(cause: unknown, loss: Loss) {
    super('A service could not be reached.', { status: 502, cause });
    this.loss = loss;
  }
}

/** 504: no response in time. A write may have happened. */
export class UpstreamTimeoutError extends UpstreamError {
  constructor(cause?: unknown) {
    super('A service did not answer in time.', { status: 504, cause });
  }
}

/** 504: an instance was slow, so that the request goes to another one. */
export class SlowInstanceError extends UpstreamTimeoutError {}

/** The client disconnected, which is no failure of the service. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

/** The time that a request has over all its attempts, which also ends when its client disconnects. */
export interface Deadline {
  /** Returns why no response is wanted any more; undefined while one is. */
  reason(): Error | undefined;
  /** Calls the listener when the deadline passes, or at once if it has passed; it replaces an earlier listener. */
  onPass(listener: (reason: Error) => void): void;
  /** Stops the timer once the response has started, which may then take longer. */
  stopClock(): void;
}

/**
 * Creates a deadline that passes when the response takes too long to start, or when the client disconnects.
 * @param response the response to the client; without it a disconnect changes nothing
 */
export function createDeadline(milliseconds: number, response?: ServerResponse): Deadline {
  let passedBy: Error | undefined;
  let notify: ((reason: Error) => void) | undefined;
  const pass = (reason: Error): void => {
    passedBy ??= reason;
    notify?.(reason);
  };
  const timer = setTimeout(() => pass(new UpstreamTimeoutError()), milliseconds);
  response?.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) pass(new ClientGoneError());
  });
  // No getter: V8 keeps the closures of one in an object literal until the next full collection.
  return {
    reason: () => passedBy,
    onPass(listener) {
      notify = listener;
      if (passedBy) listener(passedBy);
    },
    stopClock: () => clearTimeout(timer),
  };
}

/** How long to wait for one instance, and whether the request may then go to another one. */
export interface Patience {
  readonly milliseconds: number;
  /** Called when the time is over; on false the instance keeps the request. */
  readonly mayGiveUp: () => boolean;
}

/** Creates the deadline of one attempt: that of the request, or earlier when the attempt is given up. */
export function createAttemptDeadline(deadline: Deadline, { milliseconds, mayGiveUp }: Patience): Deadline {
  let givenUpBy: SlowInstanceError | undefined;
  let notify: ((reason: Error) => void) | undefined;
  const timer = setTimeout(() => {
    if (deadline.reason() || !mayGiveUp()) return;
    givenUpBy = new SlowInstanceError();
    notify?.(givenUpBy);
  }, milliseconds);
  return {
    reason: () => givenUpBy ?? deadline.reason(),
    onPass(listener) {
      notify = listener;
      deadline.onPass(listener);
    },
    stopClock: () => clearTimeout(timer),
  };
}
