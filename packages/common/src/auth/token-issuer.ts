import { SignJWT } from 'jose';
import type { SessionId, Username } from '../core/brands.ts';
import type { Clock } from '../core/clock.ts';
import { epochSeconds } from '../core/clock.ts';
import type { IdSource } from '../core/ids.ts';
import type { UserRole } from '../entities/user/user.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { AccessClaims, RefreshClaims, TokenSettings } from './token-claims.ts';
import { ACCESS_LIFETIME_SECONDS, TOKEN_ALGORITHM, TOKEN_TYPES } from './token-claims.ts';

/** A signed token and its lifetime. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresInSeconds: number;
  readonly expiresAtEpochSeconds: number;
}

/** The user and the session that an access token is issued for. */
export interface AccessGrant {
  readonly username: Username;
  readonly role: UserRole;
  readonly sessionId: SessionId;
}

/** The session and the generation that a refresh token is issued for. */
export interface RefreshGrant {
  readonly username: Username;
  readonly sessionId: SessionId;
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

/** The keys and settings of an issuer. */
export interface TokenIssuerOptions {
  readonly keys: SigningKeys;
  readonly settings: TokenSettings;
  readonly clock: Clock;
  readonly ids: IdSource;
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
