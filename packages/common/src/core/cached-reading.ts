import type { Clock } from './clock.ts';

/** Something that is read again only when the last reading is too old. */
export interface CachedReading<T> {
  get(): Promise<T>;
  /** Makes whoever asks next read again; to be called after a change. */
  forget(): void;
}

export interface CachedReadingOptions<T> {
  readonly read: () => Promise<T>;
  readonly maxAgeMilliseconds: number;
  readonly clock: Clock;
}

/** Whoever comes while it is being read shares that reading. A failure is told to them and not remembered. */
export function createCachedReading<T>(options: CachedReadingOptions<T>): CachedReading<T> {
  const { read, maxAgeMilliseconds, clock } = options;
  let latest: { readonly value: Promise<T>; readonly readAtMilliseconds: number } | undefined;

  return {
    async get() {
      const nowMilliseconds = clock.now().getTime();
      const ageMilliseconds = latest ? nowMilliseconds - latest.readAtMilliseconds : Infinity;
      // Not negative: a clock that was set back must not keep an old reading alive.
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

    forget() {
      latest = undefined;
    },
  };
}
