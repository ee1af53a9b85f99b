/** Why requests to an instance failed. */
export const FAILURE_REASONS = ['unreachable', 'broken', 'timeout', 'bad_gateway'] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/**
 * Failures in a row after which an instance is ejected. No request reaches an instance that refuses connections, so there
 * the first refusals are enough.
 */
const FAILURES_TO_EJECT: Readonly<Record<FailureReason, number>> = {
  unreachable: 2,
  broken: 5,
  timeout: 5,
  bad_gateway: 5,
};
const BASE_EJECTION_MILLISECONDS = 1_000;
const MAX_EJECTION_MILLISECONDS = 30_000;
/** An instance that was not ejected for this time after its last ejection starts again at the base time. */
const FORGET_EJECTIONS_MILLISECONDS = 60_000;
const SLOW_REENTRY_MILLISECONDS = 5_000;
/** The share of a full instance that one gets at the start of its re-entry. */
const MIN_SHARE = 0.1;

/**
 * What a load balancer knows of one instance. Probes decide on `readiness` (active health checking), requests on
 * `ejection` (outlier detection). Times are milliseconds of one monotonic clock.
 */
export interface InstanceState {
  /** `suspected` after a 503 with `Retry-After`, until the next probe. */
  readonly readiness: 'ready' | 'suspected' | 'not_ready';
  /** Failures in a row. */
  readonly failures: number;
  readonly ejection: Ejection | undefined;
  /** When the latest absence ended or will end; the slow re-entry begins there. */
  readonly reenteredAt: number;
}

/** The latest ejection, which may be over. */
interface Ejection {
  readonly reason: FailureReason;
  readonly until: number;
  /** The number of ejections in a row, each twice as long as the one before. */
  readonly count: number;
}

/** The state of an instance that no probe has reached yet. */
export const UNKNOWN_STATE: InstanceState = {
  readiness: 'not_ready',
  failures: 0,
  ejection: undefined,
  reenteredAt: 0,
};

/** The states that operators see. */
export const STATE_NAMES = ['ready', 'not_ready', 'ejected'] as const;
export type StateName = (typeof STATE_NAMES)[number];

/** Returns the name of a state for operators. */
export function stateNameOf(state: InstanceState, now: number): StateName {
  if (isEjected(state, now)) return 'ejected';
  return state.readiness === 'ready' ? 'ready' : 'not_ready';
}

/** Returns whether requests avoid an instance because they failed there. */
export function isEjected({ ejection }: InstanceState, now: number): boolean {
  return ejection !== undefined && now < ejection.until;
}

/** Returns whether an instance takes part in load balancing. */
export function isEligible(state: InstanceState, now: number): boolean {
  return state.readiness === 'ready' && !isEjected(state, now);
}

/** Returns the share of a full instance that one gets, from 0.1 at the start of its re-entry to 1 five seconds later. */
export function shareOf({ reenteredAt }: InstanceState, now: number): number {
  return Math.min(1, Math.max(MIN_SHARE, (now - reenteredAt) / SLOW_REENTRY_MILLISECONDS));
}

/**
 * Returns the state after a probe. A ready instance re-enters slowly, unless it was only suspected. It also re-enters when
 * it was ejected as unreachable, which the probe disproves. A probe disproves no other failure.
 */
export function afterProbe(state: InstanceState, isReady: boolean, now: number): InstanceState {
  if (!isReady) return state.readiness === 'not_ready' ? state : { ...state, readiness: 'not_ready' };
  const isReachableAgain = isEjected(state, now) && state.ejection?.reason === 'unreachable';
  if (state.readiness === 'ready' && !isReachableAgain) return state;
  const reenters = isReachableAgain || state.readiness === 'not_ready';
  return {
    ...state,
    readiness: 'ready',
    failures: isReachableAgain ? 0 : state.failures,
    ejection: isReachableAgain ? endedAt(state.ejection, now) : state.ejection,
    reenteredAt: reenters ? Math.max(now, state.reenteredAt) : state.reenteredAt,
  };
}

/** Returns the state after a response. One to an ejected instance, as in a panic, ends the ejection. */
export function afterResponse(state: InstanceState, now: number): InstanceState {
  if (state.failures === 0) return state;
  if (!isEjected(state, now)) return { ...state, failures: 0 };
  return { ...state, failures: 0, ejection: endedAt(state.ejection, now), reenteredAt: now };
}

/** Returns the state after a 503 with `Retry-After`: the instance is avoided until a probe has asked it. */
export function afterUnavailable(state: InstanceState): InstanceState {
  return state.readiness === 'ready' ? { ...state, readiness: 'suspected' } : state;
}

/**
 * Returns the state after a failed request. Enough failures in a row eject the instance, for twice the time of its last
 * ejection. After it, one more failure is enough.
 */
export function afterFailure(state: InstanceState, reason: FailureReason, now: number): InstanceState {
  const failures = state.failures + 1;
  if (isEjected(state, now) || failures < FAILURES_TO_EJECT[reason]) return { ...state, failures };
  const last = state.ejection;
  const count = last && now - last.until < FORGET_EJECTIONS_MILLISECONDS ? last.count + 1 : 1;
  const until = now + Math.min(BASE_EJECTION_MILLISECONDS * 2 ** (count - 1), MAX_EJECTION_MILLISECONDS);
  return { ...state, failures, ejection: { reason, until, count }, reenteredAt: until };
}

function endedAt(ejection: Ejection | undefined, now: number): Ejection | undefined {
  return ejection && { ...ejection, until: now };
}
