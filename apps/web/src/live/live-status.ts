import { useSyncExternalStore } from 'react';
import type { LiveState, Signs } from './live-state.ts';
import { liveStateOf, MAX_PATIENCE_MILLISECONDS, patienceAfter } from './live-state.ts';

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
