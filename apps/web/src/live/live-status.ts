import { useSyncExternalStore } from 'react';

/** What the shell shows: prices that come, prices that may come back, prices that are old. */
export type LiveState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'reconnecting' }
  | { readonly kind: 'stale'; readonly sinceMilliseconds: number };

/** The promise of the badge where prices move: it tells of a loss within five seconds, with a second to look. */
const MIN_PATIENCE_MILLISECONDS = 4_000;
/** A stream without prices still gives a sign of life every fifteen seconds. */
const MAX_PATIENCE_MILLISECONDS = 20_000;
/** Where the usual gap is longer than a second, a loss shows after this many of them. */
const GAPS_OF_PATIENCE = 3;
/** Fewer say nothing of what is usual: where prices stand still there are only heartbeats. */
const MIN_KNOWN_GAPS = 3;

interface Signs {
  readonly isConnected: boolean;
  /** When a price or any other sign of life came last. */
  readonly lastSignAtMilliseconds: number | undefined;
  /** How long without a sign is still fine. */
  readonly patienceMilliseconds: number;
}

/** What the signs of life come to at a moment. */
export function liveStateOf(
  { isConnected, lastSignAtMilliseconds, patienceMilliseconds }: Signs,
  nowMilliseconds: number,
): LiveState {
  if (lastSignAtMilliseconds === undefined) return { kind: isConnected ? 'connecting' : 'reconnecting' };
  // Without a connection nothing is coming, whatever was usual.
  const patience = isConnected ? patienceMilliseconds : MIN_PATIENCE_MILLISECONDS;
  if (nowMilliseconds - lastSignAtMilliseconds > patience) {
    return { kind: 'stale', sinceMilliseconds: lastSignAtMilliseconds };
  }
  return { kind: isConnected ? 'live' : 'reconnecting' };
}

/** How long a silence may be, judged by the middle one of the last gaps between two signs: one hiccup changes nothing. */
export function patienceAfter(gapsMilliseconds: readonly number[]): number {
  if (gapsMilliseconds.length < MIN_KNOWN_GAPS) return MAX_PATIENCE_MILLISECONDS;
  const inOrder = gapsMilliseconds.toSorted((one, other) => one - other);
  const usual = inOrder[Math.floor(inOrder.length / 2)] ?? 0;
  return Math.min(Math.max(usual * GAPS_OF_PATIENCE, MIN_PATIENCE_MILLISECONDS), MAX_PATIENCE_MILLISECONDS);
}

const LOOK_EVERY_MILLISECONDS = 500;
const REMEMBERED_GAPS = 8;
/** Prices of one batch arrive together; only the pause between batches says anything. */
const MIN_GAP_MILLISECONDS = 50;

const INITIAL: Signs = {
  isConnected: true,
  lastSignAtMilliseconds: undefined,
  patienceMilliseconds: MAX_PATIENCE_MILLISECONDS,
};

let signs: Signs = INITIAL;
let gaps: number[] = [];
let shown: LiveState = { kind: 'connecting' };
const listeners = new Set<() => void>();

/** Something came: a price, a heartbeat, the answer to a poll. */
export function noteSignOfLife(nowMilliseconds: number): void {
  const { lastSignAtMilliseconds: last } = signs;
  const gap = last === undefined ? 0 : nowMilliseconds - last;
  // What ended an outage is no usual gap.
  if (gap > MIN_GAP_MILLISECONDS && signs.isConnected) gaps = [...gaps, gap].slice(-REMEMBERED_GAPS);
  signs = {
    isConnected: true,
    lastSignAtMilliseconds: nowMilliseconds,
    patienceMilliseconds: patienceAfter(gaps),
  };
  look();
}

export function noteConnection(isConnected: boolean): void {
  signs = { ...signs, isConnected };
  look();
}

/** Forgets what was usual, such as when a stream takes over from polls. */
export function restartLiveStatus(): void {
  gaps = [];
  signs = { ...INITIAL, lastSignAtMilliseconds: signs.lastSignAtMilliseconds };
  look();
}

function look(): void {
  const next = liveStateOf(signs, Date.now());
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
  const timer = setInterval(look, LOOK_EVERY_MILLISECONDS);
  return () => {
    listeners.delete(listener);
    clearInterval(timer);
  };
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(subscribe, () => shown);
}
