/** The source of time, injected so that tests can control it. */
export interface Clock {
  now(): Date;
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => new Date() };

/** A source of durations, which moves forward steadily even when the clock of the machine is set. */
export interface MonotonicClock {
  /** Returns the milliseconds since an arbitrary moment of this process. */
  elapsedMilliseconds(): number;
}

/** The monotonic clock of this process. */
export const systemMonotonicClock: MonotonicClock = { elapsedMilliseconds: () => performance.now() };

/** The time of a server in a response, and the times by our clock when the request was sent and answered. */
export interface ServerTime {
  readonly sentAtMilliseconds: number;
  readonly receivedAtMilliseconds: number;
  /** Milliseconds since the epoch by the server, rounded down. */
  readonly serverMilliseconds: number;
  /** The step of the server's time: an HTTP date tells seconds. */
  readonly stepMilliseconds: number;
}

export const MILLISECONDS_PER_SECOND = 1_000;

/** Returns whole seconds since the Unix epoch, rounded down: the unit of DynamoDB's time-to-live and of JWTs. */
export function epochSeconds(at: Date): number {
  return Math.floor(at.getTime() / MILLISECONDS_PER_SECOND);
}

/** Returns a time some seconds later, or earlier when they are negative. */
export function addSeconds(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * MILLISECONDS_PER_SECOND);
}

/** A value that is read from its source again once it is too old. */
export interface CachedValue<T> {
  get(): Promise<T>;
  /** Makes the next `get` read from the source. Called after a change of the source. */
  invalidate(): void;
}

export interface CachedValueOptions<T> {
  readonly read: () => Promise<T>;
  readonly maxAgeMilliseconds: number;
  readonly clock: Clock;
}

/** Creates a cached value. Concurrent callers share one read; a failed read rejects for all of them and is not kept. */
export function createCachedValue<T>(options: CachedValueOptions<T>): CachedValue<T> {
  const { read, maxAgeMilliseconds, clock } = options;
  let latest: { readonly value: Promise<T>; readonly readAtMilliseconds: number } | undefined;

  return {
    async get() {
      const nowMilliseconds = clock.now().getTime();
      const ageMilliseconds = latest ? nowMilliseconds - latest.readAtMilliseconds : Infinity;
      // A negative age means that the clock was set back, which must not extend the life of an old value.
      if (latest && ageMilliseconds >= 0 && ageMilliseconds < maxAgeMilliseconds) return latest.value;
      const reading = { value: read(), readAtMilliseconds: nowMilliseconds };
      latest = reading;
      try {
        return await reading.value;
      } catch (error) {
        if (latest === reading) latest = undefined;
        throw error;
      }
    },

    invalidate() {
      latest = undefined;
    },
  };
}
