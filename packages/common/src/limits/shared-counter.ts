/** The span over which requests are counted. */
export const WINDOW_SECONDS = 60;

export interface Count {
  readonly isAllowed: boolean;
  readonly remaining: number;
  /** Until at least one more request is allowed; 0 when one is allowed now. */
  readonly waitSeconds: number;
}

/** Counts requests for all processes together, by the clock of whoever counts. */
export interface SharedCounter {
  /**
   * Counts one request, unless the limit is reached: a refused request does not prolong the wait.
   * @param limit requests in any 60 seconds
   * @throws CounterAwayError when it does not answer in time; whether the request was counted is unknown
   */
  take(client: string, limit: number): Promise<Count>;
  /**
   * Seconds until a request would be allowed; 0 when it would be now. Counts nothing.
   * @throws CounterAwayError
   */
  waitSeconds(client: string, limit: number): Promise<number>;
  close(): Promise<void>;
}

/** There is no count to be had. What that means is for the policy to say. */
export class CounterAwayError extends Error {
  override readonly name = 'CounterAwayError';

  constructor(cause?: unknown) {
    super('the shared counter does not answer', { cause });
  }
}
