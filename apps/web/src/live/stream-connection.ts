import { API_PREFIX } from '../api/http/client.ts';
import { currentAccessToken, renewAccessToken } from '../session/access-token.ts';
import type { StreamFrame } from './stream-frames.ts';
import { createFrameReader } from './stream-frames.ts';

const STREAM_PATH = `${API_PREFIX}/stream?prices=all`;
/** Longer than the fifteen seconds between heartbeats: a connection silent for longer is dead. */
const SILENCE_MILLISECONDS = 25_000;

interface StreamHandlers {
  /** The `seq` of the last event that this browser has; `undefined` before the first. */
  readonly lastSeq: () => number | undefined;
  readonly onFrame: (frame: StreamFrame) => void;
  readonly onActivity: () => void;
  readonly onConnection: (isConnected: boolean) => void;
}

/**
 * Follows the stream of the signed-in user over as many connections as needed. Uses `fetch`, since an EventSource
 * cannot send the access token.
 * @returns what stops it
 */
export function followStream(handlers: StreamHandlers): () => void {
  const stopped = new AbortController();
  void keepFollowing(handlers, stopped.signal);
  return () => stopped.abort();
}

async function keepFollowing(handlers: StreamHandlers, stopped: AbortSignal): Promise<void> {
  let failures = 0;
  while (!stopped.aborted) {
    const outcome = await follow(handlers, stopped).catch(() => 'failed' as const);
    if (stopped.aborted) return;
    handlers.onConnection(false);
    if (outcome === 'session-over') return;
    if (outcome === 'renew') {
      if (!(await renewAccessToken())) return;
      failures = 0;
      continue;
    }
    failures = outcome === 'ended' ? 1 : failures + 1;
    await waitOrOnline(backoffMilliseconds(failures, Math.random()), stopped);
  }
}

type Outcome = 'ended' | 'failed' | 'renew' | 'session-over';

/** Reads one connection to its end. */
async function follow(handlers: StreamHandlers, stopped: AbortSignal): Promise<Outcome> {
  const silence = new AbortController();
  const response = await fetch(STREAM_PATH, {
    credentials: 'same-origin',
    cache: 'no-store',
    headers: headersFor(handlers.lastSeq()),
    signal: AbortSignal.any([stopped, silence.signal]),
  });
  if (response.status === 401) return 'renew';
  if (!response.ok || !response.body) return 'failed';
  handlers.onConnection(true);

  let outcome: Outcome = 'ended';
  const read = createFrameReader((frame) => {
    if (frame.kind === 'closing' && frame.reason === 'token_expired') outcome = 'renew';
    if (frame.kind === 'session-over') outcome = 'session-over';
    handlers.onFrame(frame);
  });
  const reader = response.body.getReader();
  for (;;) {
    const timer = setTimeout(() => silence.abort(), SILENCE_MILLISECONDS);
    const { value, done } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return outcome;
    handlers.onActivity();
    read(value);
  }
}

function headersFor(lastSeq: number | undefined): Record<string, string> {
  return {
    Accept: 'text/event-stream',
    Authorization: `Bearer ${currentAccessToken() ?? ''}`,
    ...(lastSeq !== undefined && { 'Last-Event-ID': String(lastSeq) }),
  };
}

/** Waits, but only until the network is back. */
function waitOrOnline(milliseconds: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      clearTimeout(timer);
      window.removeEventListener('online', settle);
      stopped.removeEventListener('abort', settle);
      resolve();
    };
    const timer = setTimeout(settle, milliseconds);
    window.addEventListener('online', settle);
    stopped.addEventListener('abort', settle);
  });
}

const FIRST_DELAY_MILLISECONDS = 500;
const MAX_DELAY_MILLISECONDS = 15_000;

/**
 * Returns the delay before the next attempt: exponential backoff with jitter.
 * @param failures attempts that failed since the last success, from 1
 * @param chance from 0 to 1
 */
export function backoffMilliseconds(failures: number, chance: number): number {
  const ceiling = Math.min(FIRST_DELAY_MILLISECONDS * 2 ** (failures - 1), MAX_DELAY_MILLISECONDS);
  return ceiling / 2 + (ceiling / 2) * chance;
}
