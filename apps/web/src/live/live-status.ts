import { useSyncExternalStore } from 'react';

/** The freshness of the prices as shown in the shell. */
export type LiveState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'reconnecting' }
  | { readonly kind: 'stale'; readonly sinceMilliseconds: number };

/** With moving prices, a lost stream shows within five seconds, of which one is for polling the state. */
const MIN_SILENCE_MILLISECONDS = 4_000;
/** A stream without prices sends a heartbeat every fifteen seconds. */
const MAX_SILENCE_MILLISECONDS = 20_000;
/** With gaps longer than a second, prices are stale after this many gaps. */
const GAPS_UNTIL_STALE = 3;
/** Fewer gaps do not tell what is usual: with standing prices there are only heartbeats. */
const MIN_KNOWN_GAPS = 3;

interface Activity {
  readonly isConnected: boolean;
  /** The time of the last price, heartbeat or poll. */
  readonly lastActivityAtMilliseconds: number | undefined;
  /** The silence after which prices are stale. */
  readonly maxSilenceMilliseconds: number;
}

/** Returns the state of live prices at a moment. */
export function liveStateOf(
  { isConnected, lastActivityAtMilliseconds, maxSilenceMilliseconds }: Activity,
  nowMilliseconds: number,
): LiveState {
  if (lastActivityAtMilliseconds === undefined) return { kind: isConnected ? 'connecting' : 'reconnecting' };
  // Without a connection the usual gap does not matter.
  const maxSilence = isConnected ? maxSilenceMilliseconds : MIN_SILENCE_MILLISECONDS;
  if (nowMilliseconds - lastActivityAtMilliseconds > maxSilence) {
    return { kind: 'stale', sinceMilliseconds: lastActivityAtMilliseconds };
  }
  return { kind: isConnected ? 'live' : 'reconnecting' };
}

/** Returns how long a silence may be, by the median of the last gaps: one late price changes nothing. */
export function maxSilenceAfter(gapsMilliseconds: readonly number[]): number {
  if (gapsMilliseconds.length < MIN_KNOWN_GAPS) return MAX_SILENCE_MILLISECONDS;
  const inOrder = gapsMilliseconds.toSorted((one, other) => one - other);
  const usual = inOrder[Math.floor(inOrder.length / 2)] ?? 0;
  return Math.min(Math.max(usual * GAPS_UNTIL_STALE, MIN_SILENCE_MILLISECONDS), MAX_SILENCE_MILLISECONDS);
}

const UPDATE_EVERY_MILLISECONDS = 500;
const REMEMBERED_GAPS = 8;
/** Prices of one batch arrive together; only gaps between batches count. */
const MIN_GAP_MILLISECONDS = 50;

const INITIAL: Activity = {
  isConnected: true,
  lastActivityAtMilliseconds: undefined,
  maxSilenceMilliseconds: MAX_SILENCE_MILLISECONDS,
};

let activity: Activity = INITIAL;
let gaps: number[] = [];
let shown: LiveState = { kind: 'connecting' };
const listeners = new Set<() => void>();

/** Notes a price, a heartbeat or the answer to a poll. */
export function noteActivity(nowMilliseconds: number): void {
  const { lastActivityAtMilliseconds: last } = activity;
  const gap = last === undefined ? 0 : nowMilliseconds - last;
  // The end of an outage is not a usual gap.
  if (gap > MIN_GAP_MILLISECONDS && activity.isConnected) gaps = [...gaps, gap].slice(-REMEMBERED_GAPS);
  activity = {
    isConnected: true,
    lastActivityAtMilliseconds: nowMilliseconds,
    maxSilenceMilliseconds: maxSilenceAfter(gaps),
  };
  update();
}

export function noteConnection(isConnected: boolean): void {
  activity = { ...activity, isConnected };
  update();
}

/** Forgets the usual gaps, such as when a stream replaces polls. */
export function restartLiveStatus(): void {
  gaps = [];
  activity = { ...INITIAL, lastActivityAtMilliseconds: activity.lastActivityAtMilliseconds };
  update();
}

function update(): void {
  const next = liveStateOf(activity, Date.now());
  if (isSame(next, shown)) return;
  shown = next;
  for (const listener of listeners) listener();
}

function isSame(one: LiveState, other: LiveState): boolean {
  if (one.kind === 'stale' && other.kind === 'stale')
    return one.sinceMilliseconds === other.sinceMilliseconds;
  return one.kind === other.kind;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  const timer = setInterval(update, UPDATE_EVERY_MILLISECONDS);
  return () => {
    listeners.delete(listener);
    clearInterval(timer);
  };
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(subscribe, () => shown);
}
