/** The source of time, injected wherever time matters, so that tests decide what time it is. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export const MILLISECONDS_PER_SECOND = 1_000;

/** Whole seconds since the Unix epoch, as DynamoDB's time-to-live and JWTs count. */
export function epochSeconds(at: Date): number {
  return Math.floor(at.getTime() / MILLISECONDS_PER_SECOND);
}

export function addSeconds(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * MILLISECONDS_PER_SECOND);
}
