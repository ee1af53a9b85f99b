import type { SessionEnd } from '@cnop/common/entities/user/live-event';
import { useSyncExternalStore } from 'react';
import { z } from 'zod';

/**
 * The access token exists only in this module's memory: any script could read `localStorage`. The refresh token
 * survives a reload in a cookie that no script can read.
 */
const REFRESH_URL = '/api/v1/auth/refresh';
const RENEWAL_LOCK = 'cnop.session.renewal';
/** Not a secret: it only says that a renewal is worth a request. */
const HINT_KEY = 'cnop.session';
/** Renews before the end of the token, so that no request uses an expired one. */
const RENEW_BEFORE_SECONDS = 30;
const MIN_RENEWAL_DELAY_SECONDS = 5;
const MILLISECONDS_PER_SECOND = 1_000;

/**
 * Asks the gateway to keep the refresh token in a cookie.
 * @see docs/reference/sessions.md
 */
export const COOKIE_MODE = { 'X-Session-Mode': 'cookie' } as const;

export const tokenAnswerSchema = z.object({ access_token: z.string(), expires_in: z.int() });
type TokenAnswer = z.infer<typeof tokenAnswerSchema>;

/** `restoring` until the first renewal is answered; `expired` if the session ended while a page was using it. */
type SessionState = 'restoring' | 'visitor' | 'signed-in' | 'expired';

/** Why a session ended while a page was using it. */
export type ExpiryReason = SessionEnd | 'other_tab' | 'unknown';

let state: SessionState = 'visitor';
let expiryReason: ExpiryReason = 'unknown';
let accessToken: string | undefined;
let renewal: Promise<boolean> | undefined;
let restoration: Promise<void> | undefined;
let renewalTimer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();
const otherTabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('cnop.session');

otherTabs?.addEventListener('message', ({ data }) => {
  if (data === 'signed-out' && state === 'signed-in') expireSession('other_tab');
});

export function sessionState(): SessionState {
  return state;
}

/** Returns why the session has ended, while it is `expired`. */
export function sessionExpiryReason(): ExpiryReason {
  return expiryReason;
}

export function currentAccessToken(): string | undefined {
  return accessToken;
}

export function subscribeToSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Starts or continues the session with the tokens of a sign-in or a renewal. */
export function startSession(answer: TokenAnswer): void {
  accessToken = answer.access_token;
  rememberHint(true);
  const delaySeconds = Math.max(answer.expires_in - RENEW_BEFORE_SECONDS, MIN_RENEWAL_DELAY_SECONDS);
  clearTimeout(renewalTimer);
  renewalTimer = setTimeout(() => void renewAccessToken(), delaySeconds * MILLISECONDS_PER_SECOND);
  setState('signed-in');
}

/** Ends the session here and in every other tab. */
export function endSession(): void {
  forget('visitor');
  otherTabs?.postMessage('signed-out');
}

/** Ends the session here, since the platform or another tab has ended it. */
function expireSession(reason: ExpiryReason): void {
  expiryReason = reason;
  forget('expired');
}

/** Notes the end of any session of the user: that of this browser expires at once, without waiting for a refused request. */
export function noteEndedSession(sessionId: string, reason: SessionEnd | undefined): void {
  // This browser knows about its own sign-out.
  if (reason === 'signed_out' || state !== 'signed-in' || sessionId !== sessionIdOf(accessToken)) return;
  expireSession(reason ?? 'unknown');
}

const tokenPayloadSchema = z.object({ sid: z.string() });

/** Returns the id of the session that an access token belongs to. The platform verifies tokens; this only reads one. */
function sessionIdOf(token: string | undefined): string | undefined {
  const [, payload = ''] = token?.split('.') ?? [];
  try {
    const text = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    return tokenPayloadSchema.parse(JSON.parse(text)).sid;
  } catch {
    return undefined;
  }
}

/** Forgets that a session has ended, as the user wants to go on as a visitor. */
export function leaveExpiredSession(): void {
  if (state === 'expired') forget('visitor');
}

/** Restores the session of an earlier visit when the app starts. */
export function restoreSession(): void {
  if (!hasHint()) return;
  setState('restoring');
  restoration = renewAccessToken().then((isRestored) => {
    if (!isRestored && state === 'restoring') setState('visitor');
  });
}

/** Returns the state of the session once a restoration has finished. */
export async function settledSession(): Promise<SessionState> {
  await restoration;
  return state;
}

/**
 * Renews the access token. Calls share one request, and tabs take turns: a refresh token is valid once, and a second
 * use would look like theft and end the session.
 * @returns whether there is a session
 */
export function renewAccessToken(): Promise<boolean> {
  renewal ??= inTurn(requestRenewal).finally(() => {
    renewal = undefined;
  });
  return renewal;
}

/** Requests new tokens; the browser adds the cookie. */
async function requestRenewal(): Promise<boolean> {
  let response: Response;
  try {
    response = await fetch(REFRESH_URL, {
      method: 'POST',
      credentials: 'same-origin',
      // `keepalive` lets the answer bring the next cookie even after the page was left. The next page may still send
      // the old cookie and gets the same answer for a few seconds.
      keepalive: true,
      headers: { Accept: 'application/json', ...COOKIE_MODE },
    });
  } catch {
    // Being offline does not end the session; the request that needed the token fails.
    return false;
  }
  if (response.ok) {
    startSession(tokenAnswerSchema.parse(await response.json()));
    return true;
  }
  // A browser that had a session is told why it has none.
  if (isRefusal(response.status) && state !== 'visitor') expireSession('unknown');
  return false;
}

/** Other failures are temporary, such as a rate limit or a restart. */
function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}

/** Locks need a secure context; without one, tabs may renew at the same time. */
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

/** Returns the state of the session, and renders when it changes. */
export function useSession(): SessionState {
  return useSyncExternalStore(subscribeToSession, sessionState);
}
