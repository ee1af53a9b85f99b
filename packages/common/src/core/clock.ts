/** The source of time, injected so that tests can control it. */
export interface Clock {
  now(): Date;
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => new Date() };

export const MILLISECONDS_PER_SECOND = 1_000;

/** Returns whole seconds since the Unix epoch, rounded down: the unit of DynamoDB's time-to-live and of JWTs. */
export function epochSeconds(at: Date): number {
  return Math.floor(at.getTime() / MILLISECONDS_PER_SECOND);
}

/** Returns a time some seconds later, or earlier when they are negative. */
export function addSeconds(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * MILLISECONDS_PER_SECOND);
}
