import type { IsoTime } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { addSeconds, MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';

/** Wrong passwords of one network for one account within the window, before it is locked out. */
export const MAX_SIGN_IN_FAILURES = 5;
export const SIGN_IN_FAILURE_WINDOW_SECONDS = 5 * 60;

/**
 * Returns the whole seconds until another password may be tried; 0 when it may be tried now.
 * @param failedAt times of earlier failures, oldest first
 */
export function secondsUntilNextTry(failedAt: readonly IsoTime[], now: Date): number {
  const counting = recentFailures(failedAt, now);
  const oldest = counting.at(-MAX_SIGN_IN_FAILURES);
  if (oldest === undefined) return 0;
  const freeAt = addSeconds(new Date(oldest), SIGN_IN_FAILURE_WINDOW_SECONDS);
  return Math.ceil((freeAt.getTime() - now.getTime()) / MILLISECONDS_PER_SECOND);
}

/** Returns the times of failures to store after another one. */
export function addFailure(failedAt: readonly IsoTime[], now: Date): readonly IsoTime[] {
  return [...recentFailures(failedAt, now), isoTime(now)].slice(-MAX_SIGN_IN_FAILURES);
}

function recentFailures(failedAt: readonly IsoTime[], now: Date): readonly IsoTime[] {
  const windowStart = isoTime(addSeconds(now, -SIGN_IN_FAILURE_WINDOW_SECONDS));
  return failedAt.filter((at) => at > windowStart);
}

/** Wrong passwords for one account from all networks, before further attempts are slowed down. */
export const UNDELAYED_FAILURES = 10;
/** The delay doubles with each further failure, up to this one: at most 96 attempts a day. */
const MAX_DELAY_SECONDS = 15 * 60;
/** One failure expires for each hour without a failure. */
const FAILURE_LIFETIME_SECONDS = 60 * 60;
/** Further failures are not counted, so an attack slows down an account for at most half a day after its end. */
export const MAX_COUNTED_FAILURES = 24;
/** Known networks that are kept for an account. */
export const MAX_KNOWN_NETWORKS = 10;
/** How long a network stays known after its last successful sign-in. */
export const KNOWN_NETWORK_LIFETIME_SECONDS = 90 * 24 * 60 * 60;

/** A network from which the user signed in. */
interface KnownNetwork {
  readonly network_hash: string;
  readonly seen_at: IsoTime;
}

/** Failures and known networks of one account. */
export interface SignInHistory {
  readonly failures: number;
  readonly failed_at: IsoTime | null;
  /** Newest first. */
  readonly known_networks: readonly KnownNetwork[];
}

export const NO_SIGN_INS: SignInHistory = { failures: 0, failed_at: null, known_networks: [] };

/**
 * Returns the whole seconds until a password may be tried from a network; 0 when it may be tried now. A known network never
 * waits, so an attacker cannot lock the user out.
 */
export function secondsUntilNextGuess(history: SignInHistory, networkHash: string, now: Date): number {
  const failures = countedFailures(history, now);
  if (history.failed_at === null || failures < UNDELAYED_FAILURES) return 0;
  if (isKnownNetwork(history, networkHash, now)) return 0;
  const delaySeconds = Math.min(2 ** (failures - UNDELAYED_FAILURES), MAX_DELAY_SECONDS);
  const freeAt = addSeconds(new Date(history.failed_at), delaySeconds);
  return Math.max(0, Math.ceil((freeAt.getTime() - now.getTime()) / MILLISECONDS_PER_SECOND));
}

/** Returns whether the user signed in from a network that is still known. */
export function isKnownNetwork(history: SignInHistory, networkHash: string, now: Date): boolean {
  return knownNetworks(history, now).some(({ network_hash }) => network_hash === networkHash);
}

/** Returns the history after another wrong password. */
export function withFailure(history: SignInHistory, now: Date): SignInHistory {
  return {
    failures: Math.min(countedFailures(history, now) + 1, MAX_COUNTED_FAILURES),
    failed_at: isoTime(now),
    known_networks: knownNetworks(history, now),
  };
}

/**
 * Returns the history after a success. Failures stay counted: otherwise an attacker who continues after each sign-in of the
 * user would never be slowed down.
 */
export function withSuccess(history: SignInHistory, networkHash: string, now: Date): SignInHistory {
  const others = knownNetworks(history, now).filter(({ network_hash }) => network_hash !== networkHash);
  const known = [{ network_hash: networkHash, seen_at: isoTime(now) }, ...others];
  return { ...history, known_networks: known.slice(0, MAX_KNOWN_NETWORKS) };
}

/** Returns when a history expires: all failures are forgotten and no network is known. */
export function historyExpiry({ failures, failed_at, known_networks }: SignInHistory): Date {
  const [latest] = known_networks;
  const networksEnd = latest
    ? addSeconds(new Date(latest.seen_at), KNOWN_NETWORK_LIFETIME_SECONDS)
    : new Date(0);
  const failuresEnd = addSeconds(new Date(failed_at ?? 0), failures * FAILURE_LIFETIME_SECONDS);
  return networksEnd > failuresEnd ? networksEnd : failuresEnd;
}

function countedFailures({ failures, failed_at }: SignInHistory, now: Date): number {
  if (failed_at === null) return 0;
  const quietSeconds = (now.getTime() - new Date(failed_at).getTime()) / MILLISECONDS_PER_SECOND;
  return Math.max(0, failures - Math.max(0, Math.floor(quietSeconds / FAILURE_LIFETIME_SECONDS)));
}

function knownNetworks({ known_networks }: SignInHistory, now: Date): readonly KnownNetwork[] {
  const oldest = isoTime(addSeconds(now, -KNOWN_NETWORK_LIFETIME_SECONDS));
  return known_networks.filter(({ seen_at }) => seen_at > oldest);
}
