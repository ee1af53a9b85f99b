/** Limits and intervals of live streams. */
export interface StreamLimits {
  readonly maxPerUser: number;
  readonly maxPerProcess: number;
  /**
   * Bytes that may be buffered for a slow client. Above it prices are skipped, and events wait in the store until there is
   * room again.
   */
  readonly maxBufferedBytes: number;
  /** How long events wait for room before the stream is closed; its client resumes after the last event it has. */
  readonly writeTimeoutMilliseconds: number;
  /** Events of one read. */
  readonly pageSize: number;
  /**
   * Between two checks of sessions, tokens and timers. It leaves the check itself a tenth of the documented second. Each
   * check reads every session with a stream, which is most of what a stream costs.
   */
  readonly checkIntervalMilliseconds: number;
  readonly heartbeatMilliseconds: number;
  /** Between two polls for events while messages of other processes do not arrive, varied by a third. */
  readonly pollMilliseconds: number;
  /** The same while they arrive: only for a message that was lost. */
  readonly safetyPollMilliseconds: number;
  /** Between two prices of one asset. */
  readonly priceIntervalMilliseconds: number;
  /** Between two batches of prices, since each is a write to every stream. */
  readonly priceBatchMilliseconds: number;
}

export const STREAM_LIMITS: StreamLimits = {
  maxPerUser: 8,
  maxPerProcess: 10_000,
  maxBufferedBytes: 64 * 1_024,
  writeTimeoutMilliseconds: 5_000,
  pageSize: 100,
  checkIntervalMilliseconds: 900,
  heartbeatMilliseconds: 15_000,
  pollMilliseconds: 3_000,
  safetyPollMilliseconds: 20_000,
  priceIntervalMilliseconds: 250,
  priceBatchMilliseconds: 100,
};
