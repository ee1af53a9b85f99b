import { SignJWT } from 'jose';
import type { Clock } from '../core/clock.ts';
import { epochSeconds } from '../core/clock.ts';
import type { IdSource } from '../core/ids.ts';
import type { UserRole } from '../entities/user/user.ts';
import type { TokenRules } from './signed-token.ts';
import { verifySignedToken } from './signed-token.ts';
import type { SigningKeys } from './signing-keys.ts';
import { createTokenCache, MAX_CACHED_TOKENS } from './token-cache.ts';
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
  TOKEN_ALGORITHM,
  TOKEN_TYPES,
} from './token-claims.ts';
import type { PublicKeySource } from './token-keys.ts';
import { resolvePublicKey } from './token-keys.ts';

export type { AccessIdentity, RefreshIdentity, TokenSettings } from './token-claims.ts';
export type { PublicKeySource } from './token-keys.ts';

/** A signed token and its lifetime. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresInSeconds: number;
  readonly expiresAtEpochSeconds: number;
}

/** The user and the session that an access token is issued for. */
export interface AccessGrant {
  readonly username: string;
  readonly role: UserRole;
  readonly sessionId: string;
}

/** The session and the generation that a refresh token is issued for. */
export interface RefreshGrant {
  readonly username: string;
  readonly sessionId: string;
  readonly generation: number;
  /** The time at which the session reached this generation. */
  readonly issuedAt: Date;
  /** The end of the session, and of all its refresh tokens. */
  readonly expiresAt: Date;
}

/** Signs tokens; only the user service has an issuer. */
export interface TokenIssuer {
  issueAccess(grant: AccessGrant): Promise<IssuedToken>;
  /** Returns the same token for the same grant, so that a token can be sent again without storing it. */
  issueRefresh(grant: RefreshGrant): Promise<IssuedToken>;
}

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
  forget(sessionId: string): void;
  /** Drops all cached tokens, for example after a key was withdrawn. */
  clear(): void;
}

/** The keys and settings of an issuer. */
export interface TokenIssuerOptions {
  readonly keys: SigningKeys;
  readonly settings: TokenSettings;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** The public keys and settings of a verifier. */
export interface TokenVerifierOptions {
  readonly keys: PublicKeySource;
  readonly settings: TokenSettings;
  readonly clock: Clock;
  readonly maxCachedTokens?: number;
}

/** Creates an issuer that signs with the newest active key. */
export function createTokenIssuer({ keys, settings, clock, ids }: TokenIssuerOptions): TokenIssuer {
  const accessLifetimeSeconds = settings.accessLifetimeSeconds ?? ACCESS_LIFETIME_SECONDS;

  async function sign(
    claims: AccessClaims | RefreshClaims,
    type: string,
    issuedAt: Date,
  ): Promise<IssuedToken> {
    const { keyId, privateKey } = keys.signingKeyAt(issuedAt);
    // An Ed25519 signature depends on key and text alone (RFC 8032).
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: type, kid: keyId })
      .sign(privateKey);
    return { token, expiresInSeconds: claims.exp - claims.iat, expiresAtEpochSeconds: claims.exp };
  }

  return {
    issueAccess({ username, role, sessionId }) {
      const now = clock.now();
      const iat = epochSeconds(now);
      const registered = { iss: settings.issuer, aud: settings.audience, sub: username, sid: sessionId };
      const exp = iat + accessLifetimeSeconds;
      return sign({ ...registered, jti: ids.next(), iat, exp, typ: 'access', role }, TOKEN_TYPES.access, now);
    },
    issueRefresh({ username, sessionId, generation, issuedAt, expiresAt }) {
      const iat = epochSeconds(issuedAt);
      const registered = { iss: settings.issuer, aud: settings.issuer, sub: username, sid: sessionId };
      const exp = epochSeconds(expiresAt);
      const jti = `${sessionId}-${generation}`;
      return sign(
        { ...registered, jti, iat, exp, typ: 'refresh', generation },
        TOKEN_TYPES.refresh,
        issuedAt,
      );
    },
  };
}

/** Creates a verifier with its own cache. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { settings, clock } = options;
  const cache = createTokenCache(clock, options.maxCachedTokens ?? MAX_CACHED_TOKENS);
  const common = { key: resolvePublicKey(options.keys, clock), clock, issuer: settings.issuer };
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

  return {
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
    clear() {
      forgotten += 1;
      cache.clear();
    },
  };
}
