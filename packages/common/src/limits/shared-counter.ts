/** The length of the window in which requests are counted. */
export const WINDOW_SECONDS = 60;

/** The state of a rate limit after a request. */
export interface Count {
  readonly isAllowed: boolean;
  readonly remaining: number;
  /** The time until another request is allowed; 0 when one is allowed now. */
  readonly waitSeconds: number;
}

/** Counts requests for all processes together, by the clock of the server. */
export interface SharedCounter {
  /**
   * Counts one request, unless the limit is reached; a refused request does not prolong the wait.
   * @param limit requests in any 60 seconds
   * @throws CounterAwayError when the server does not answer in time; the request may have been counted
   */
  take(client: string, limit: number): Promise<Count>;
  /**
   * Returns the seconds until a request is allowed; 0 when one is allowed now. Counts nothing.
   * @throws CounterAwayError when the server does not answer in time
   */
  waitSeconds(client: string, limit: number): Promise<number>;
  /** Resolves when the server answers; missing in a counter without a server. */
  ping?(): Promise<void>;
  close(): Promise<void>;
}

/** The shared counter does not answer. The caller decides what to do. */
export class CounterAwayError extends Error {
  override readonly name = 'CounterAwayError';

  constructor(cause?: unknown) {
    super('the shared counter does not answer', { cause });
  }
}
