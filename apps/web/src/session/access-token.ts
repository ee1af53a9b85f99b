import { useSyncExternalStore } from 'react';
import { z } from 'zod';

/**
 * The access token lives in this module and nowhere else: what is in `localStorage` any script could carry away.
 * What survives a reload is the refresh token, in a cookie of the gateway that no script can read.
 */
const REFRESH_URL = '/api/v1/auth/refresh';
const RENEWAL_LOCK = 'cnop.session.renewal';
/** No secret: it only says that asking for a renewal is worth a request. */
const HINT_KEY = 'cnop.session';
/** Before the end of the token, so that no request meets an expired one. */
const RENEW_BEFORE_SECONDS = 30;
const MIN_RENEWAL_DELAY_SECONDS = 5;
const MILLISECONDS_PER_SECOND = 1_000;

/** Asks the gateway to keep the refresh token in a cookie; see docs/reference/sessions.md. */
export const COOKIE_MODE = { 'X-Session-Mode': 'cookie' } as const;

export const tokenAnswerSchema = z.object({ access_token: z.string(), expires_in: z.int() });
type TokenAnswer = z.infer<typeof tokenAnswerSchema>;

/** `restoring` until the first renewal is answered; `expired` when a session ended under a page that was using it. */
type SessionState = 'restoring' | 'visitor' | 'signed-in' | 'expired';

let state: SessionState = 'visitor';
let accessToken: string | undefined;
let renewal: Promise<boolean> | undefined;
let restoration: Promise<void> | undefined;
let renewalTimer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();
const otherTabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('cnop.session');

otherTabs?.addEventListener('message', ({ data }) => {
  if (data === 'signed-out') forget('visitor');
});

export function sessionState(): SessionState {
  return state;
}

export function currentAccessToken(): string | undefined {
  return accessToken;
}

export function subscribeToSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Takes over the tokens of a login or a renewal. */
export function startSession(answer: TokenAnswer): void {
  accessToken = answer.access_token;
  rememberHint(true);
  const delaySeconds = Math.max(answer.expires_in - RENEW_BEFORE_SECONDS, MIN_RENEWAL_DELAY_SECONDS);
  clearTimeout(renewalTimer);
  renewalTimer = setTimeout(() => void renewAccessToken(), delaySeconds * MILLISECONDS_PER_SECOND);
  setState('signed-in');
}

/** Forgets the session here and in every other tab. */
export function endSession(): void {
  forget('visitor');
  otherTabs?.postMessage('signed-out');
}

/** At the start of the app: whoever was signed in still is. */
export function restoreSession(): void {
  if (!hasHint()) return;
  setState('restoring');
  restoration = renewAccessToken().then((isRestored) => {
    if (!isRestored && state === 'restoring') setState('visitor');
  });
}

/** Who is here, once that is known. */
export async function settledSession(): Promise<SessionState> {
  await restoration;
  return state;
}

/**
 * Gets a new access token. Calls share one request, and tabs take turns: a refresh token is good for one use, and a
 * later use of it would look like theft and end the session.
 * @returns whether there is a session
 */
export function renewAccessToken(): Promise<boolean> {
  renewal ??= inTurn(requestRenewal).finally(() => {
    renewal = undefined;
  });
  return renewal;
}

/** The only place that knows how a session is renewed: the browser adds the cookie. */
async function requestRenewal(): Promise<boolean> {
  let response: Response;
  try {
    response = await fetch(REFRESH_URL, {
      method: 'POST',
      credentials: 'same-origin',
      // The answer brings the next cookie, also to a page that is already left. The page that follows may ask with the
      // cookie before it: for a few seconds it gets the same answer.
      keepalive: true,
      headers: { Accept: 'application/json', ...COOKIE_MODE },
    });
  } catch {
    // Being offline ends no session; the request that needed the token fails and says so.
    return false;
  }
  if (response.ok) {
    startSession(tokenAnswerSchema.parse(await response.json()));
    return true;
  }
  if (isRefusal(response.status)) forget(state === 'signed-in' ? 'expired' : 'visitor');
  return false;
}

/** Anything else may pass: a limit, a restart. */
function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}

/** Locks need a secure context; without one, tabs of the same user are left to their luck. */
function inTurn<T>(task: () => Promise<T>): Promise<T> {
  if (!('locks' in navigator)) return task();
  return navigator.locks.request(RENEWAL_LOCK, task);
}

function forget(next: SessionState): void {
  clearTimeout(renewalTimer);
  accessToken = undefined;
  rememberHint(false);
  setState(next);
}

function setState(next: SessionState): void {
  if (state === next) return;
  state = next;
  for (const listener of listeners) listener();
}

function hasHint(): boolean {
  return recall(HINT_KEY) === '1';
}

function rememberHint(isThere: boolean): void {
  store(HINT_KEY, isThere ? '1' : null);
}

function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // Without storage a reload ends the session.
  }
}

/** Whether somebody is signed in; re-renders when that changes. */
export function useSession(): SessionState {
  return useSyncExternalStore(subscribeToSession, sessionState);
}
