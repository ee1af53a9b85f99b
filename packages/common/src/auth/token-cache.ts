import type { Clock } from '../core/clock.ts';
import { MILLISECONDS_PER_SECOND } from '../core/clock.ts';
import type { AccessIdentity } from './token-claims.ts';

/** A cached token takes about a kilobyte. */
export const MAX_CACHED_TOKENS = 10_000;
/** The length of an Ed25519 signature in base64url, at the end of a token. */
const SIGNATURE_LENGTH = 86;

/** A cache of verified tokens. */
export interface TokenCache {
  /** Returns the identity of a token that was verified before and has not expired. */
  get(token: string): AccessIdentity | undefined;
  set(token: string, identity: AccessIdentity): void;
  forget(sessionId: string): void;
  clear(): void;
}

interface VerifiedToken {
  readonly token: string;
  readonly identity: AccessIdentity;
}

/**
 * Creates a cache of verified tokens. A token is looked up by its signature and then compared in full, which is faster
 * than hashing 500 characters for every request. When the cache is full, the oldest token is removed.
 */
export function createTokenCache(clock: Clock, maxTokens: number): TokenCache {
  const verified = new Map<string, VerifiedToken>();
  // In a shared process, a service checks the token that the gateway has just checked.
  let latest: VerifiedToken | undefined;
  const signatureOf = (token: string): string => token.slice(-SIGNATURE_LENGTH);

  return {
    get(token) {
      const found = latest?.token === token ? latest : verified.get(signatureOf(token));
      if (found?.token !== token) return undefined;
      latest = found;
      const { identity } = found;
      if (clock.now().getTime() < identity.expiresAtEpochSeconds * MILLISECONDS_PER_SECOND) return identity;
      verified.delete(signatureOf(token));
      latest = undefined;
      return undefined;
    },
    set(token, identity) {
      if (maxTokens < 1) return;
      const signature = signatureOf(token);
      if (verified.size >= maxTokens && !verified.has(signature)) {
        const oldest = verified.keys().next().value;
        if (oldest !== undefined) verified.delete(oldest);
      }
      verified.set(signature, { token, identity });
    },
    forget(sessionId) {
      latest = undefined;
      for (const [signature, { identity }] of verified) {
        if (identity.sessionId === sessionId) verified.delete(signature);
      }
    },
    clear() {
      latest = undefined;
      verified.clear();
    },
  };
}
