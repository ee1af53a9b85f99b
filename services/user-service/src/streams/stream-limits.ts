/** What live streams may cost, and how soon they notice things. */
export interface StreamLimits {
  readonly maxPerUser: number;
  readonly maxPerProcess: number;
  /**
   * Bytes that may wait for a client that reads slowly. Above it prices are left out, and events wait in the store
   * until there is room again.
   */
  readonly maxBufferedBytes: number;
  /** How long events wait for room before the stream is closed; its client resumes where it was. */
  readonly patienceMilliseconds: number;
  /** Events that are read at once. */
  readonly pageSize: number;
  /** Between two looks at sessions, tokens and clocks. With the look itself it stays below the promised second. */
  readonly roundMilliseconds: number;
  readonly heartbeatMilliseconds: number;
  /** Between two looks for events of which no message told, give or take a third. */
  readonly pollMilliseconds: number;
  /** Between two prices of one asset: at most four a second. */
  readonly priceIntervalMilliseconds: number;
  /** Between two batches of prices, since each is a write to every stream. */
  readonly priceBatchMilliseconds: number;
}

export const STREAM_LIMITS: StreamLimits = {
  maxPerUser: 8,
  maxPerProcess: 10_000,
  maxBufferedBytes: 64 * 1_024,
  patienceMilliseconds: 5_000,
  pageSize: 100,
  roundMilliseconds: 500,
  heartbeatMilliseconds: 15_000,
  pollMilliseconds: 3_000,
  priceIntervalMilliseconds: 250,
  priceBatchMilliseconds: 100,
};
