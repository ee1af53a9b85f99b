import type { SessionId } from '../core/brands.ts';
import type { Clock } from '../core/clock.ts';
import { MILLISECONDS_PER_SECOND } from '../core/clock.ts';
import type { PublicKeys } from './public-keys.ts';
import type { TokenRules } from './signed-token.ts';
import { verifySignedToken } from './signed-token.ts';
import type {
  AccessClaims,
  AccessIdentity,
  RefreshClaims,
  RefreshIdentity,
  TokenSettings,
} from './token-claims.ts';
import {
  ACCESS_LIFETIME_SECONDS,
  accessClaimsSchema,
  REFRESH_LIFETIME_SECONDS,
  refreshClaimsSchema,
  TOKEN_TYPES,
} from './token-claims.ts';

/** A cached token takes about a kilobyte. */
const MAX_CACHED_TOKENS = 10_000;
/** The length of an Ed25519 signature in base64url, at the end of a token. */
const SIGNATURE_LENGTH = 86;

/** Verifies tokens with public keys; the gateway and every service have a verifier. */
export interface TokenVerifier {
  /** Returns the identity of a cached token that has not expired, within a microsecond. */
  verifyCached(token: string): AccessIdentity | undefined;

  /**
   * Verifies an access token. It does not check the session: that is the job of `SessionChecker`.
   * @throws AuthenticationError (401) for an invalid token, always with the same detail
   * @throws UnavailableError (503) when the public keys cannot be loaded
   */
  verify(token: string): Promise<AccessIdentity>;

  /**
   * Verifies a refresh token and returns its claims; never cached.
   * @throws AuthenticationError (401) and UnavailableError (503) as `verify`
   */
  verifyRefresh(token: string): Promise<RefreshIdentity>;

  /** Drops the cached tokens of a session, when it ends or the role of its user changes. */
  forget(sessionId: SessionId): void;
  /** Drops all cached tokens; happens by itself when a key is withdrawn. */
  clear(): void;
  /**
   * Resolves when there are public keys to verify with; loads them if necessary.
   * @throws UnavailableError (503) when none can be loaded
   */
  ready(): Promise<void>;
}

/** The public keys and settings of a verifier. */
export interface TokenVerifierOptions {
  readonly keys: PublicKeys;
  readonly settings: TokenSettings;
  readonly clock: Clock;
  readonly maxCachedTokens?: number;
}

/** Creates a verifier with its own cache. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { settings, clock } = options;
  const cache = createTokenCache(clock, options.maxCachedTokens ?? MAX_CACHED_TOKENS);
  const common = { key: options.keys.find, clock, issuer: settings.issuer };
  const accessRules: TokenRules<AccessClaims> = {
    ...common,
    audience: settings.audience,
    type: TOKEN_TYPES.access,
    maxLifetimeSeconds: settings.accessLifetimeSeconds ?? ACCESS_LIFETIME_SECONDS,
    claims: accessClaimsSchema,
  };
  const refreshRules: TokenRules<RefreshClaims> = {
    ...common,
    audience: settings.issuer,
    type: TOKEN_TYPES.refresh,
    maxLifetimeSeconds: settings.refreshLifetimeSeconds ?? REFRESH_LIFETIME_SECONDS,
    claims: refreshClaimsSchema,
  };
  // Counts invalidations, so that a token whose verification began before one is not cached.
  let forgotten = 0;
  const clear = (): void => {
    forgotten += 1;
    cache.clear();
  };
  options.keys.onWithdrawal(clear);

  return {
    clear,
    ready: () => options.keys.ready(),
    verifyCached: (token) => cache.get(token),
    async verify(token) {
      const cached = cache.get(token);
      if (cached) return cached;
      const forgottenBefore = forgotten;
      const { sub, role, sid, exp } = await verifySignedToken(token, accessRules);
      const identity = Object.freeze({ username: sub, role, sessionId: sid, expiresAtEpochSeconds: exp });
      if (forgotten === forgottenBefore) cache.set(token, identity);
      return identity;
    },
    async verifyRefresh(token) {
      const { sub, sid, generation, exp } = await verifySignedToken(token, refreshRules);
      return { username: sub, sessionId: sid, generation, expiresAtEpochSeconds: exp };
    },
    forget(sessionId) {
      forgotten += 1;
      cache.forget(sessionId);
    },
  };
}

/** A cache of verified tokens. */
interface TokenCache {
  /** Returns the identity of a token that was verified before and has not expired. */
  get(token: string): AccessIdentity | undefined;
  set(token: string, identity: AccessIdentity): void;
  forget(sessionId: SessionId): void;
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
function createTokenCache(clock: Clock, maxTokens: number): TokenCache {
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
