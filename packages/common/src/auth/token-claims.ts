import { AuthenticationError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { SessionId, Username } from '../core/brands.ts';
import { idSchema, sessionIdSchema, usernameSchema } from '../entities/fields.ts';
import type { UserRole } from '../entities/user/user.ts';
import { userRoleSchema } from '../entities/user/user.ts';

export const TOKEN_ALGORITHM = 'EdDSA';
export const ACCESS_LIFETIME_SECONDS = 15 * 60;
export const REFRESH_LIFETIME_SECONDS = 30 * 24 * 60 * 60;
/** A longer token is refused before any cryptography; ours have about 500 characters. */
export const MAX_TOKEN_LENGTH = 1_024;
/**
 * The difference between the clocks of two machines that tokens bear: a token is accepted this long before its issue, and
 * after its expiry.
 */
export const CLOCK_TOLERANCE_SECONDS = 60;

/** The `typ` of the header (RFC 9068 for access tokens), which tells the two kinds of tokens apart. */
export const TOKEN_TYPES = { access: 'at+jwt', refresh: 'rt+jwt' } as const;

/** The user and the session of an access token. */
export interface AccessIdentity {
  readonly username: Username;
  readonly role: UserRole;
  readonly sessionId: SessionId;
  readonly expiresAtEpochSeconds: number;
}

/** The claims of a refresh token. Only its session knows whether the generation is still valid. */
export interface RefreshIdentity {
  readonly username: Username;
  readonly sessionId: SessionId;
  readonly generation: number;
  readonly expiresAtEpochSeconds: number;
}

/** The settings of tokens; issuer and verifiers need the same values. */
export interface TokenSettings {
  /** The issuer, such as `https://api.example.com`, which is also the audience of refresh tokens. */
  readonly issuer: string;
  /** The audience of access tokens: all services of one platform. */
  readonly audience: string;
  readonly accessLifetimeSeconds?: number;
  readonly refreshLifetimeSeconds?: number;
}

const epochSecondsSchema = z.int().min(0);

const registeredClaims = {
  iss: z.string(),
  aud: z.string(),
  sub: usernameSchema,
  sid: sessionIdSchema,
  jti: idSchema,
  iat: epochSecondsSchema,
  exp: epochSecondsSchema,
};

/** The exact claims of an access token. */
export const accessClaimsSchema = z.strictObject({
  ...registeredClaims,
  typ: z.literal('access'),
  role: userRoleSchema,
});
export type AccessClaims = z.infer<typeof accessClaimsSchema>;

/** The exact claims of a refresh token. */
export const refreshClaimsSchema = z.strictObject({
  ...registeredClaims,
  typ: z.literal('refresh'),
  generation: z.int().min(1),
});
export type RefreshClaims = z.infer<typeof refreshClaimsSchema>;

/** Returns the error for every fault of a token. It is always the same, so that a forger learns nothing from it. */
export function invalidToken(cause?: unknown): AuthenticationError {
  return new AuthenticationError('The token is not valid.', { cause });
}
