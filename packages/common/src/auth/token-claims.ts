import { AuthenticationError } from '@cnop/exception/errors';
import { z } from 'zod';
import { idSchema, usernameSchema } from '../entities/fields.ts';
import type { UserRole } from '../entities/user/user.ts';
import { userRoleSchema } from '../entities/user/user.ts';

export const TOKEN_ALGORITHM = 'EdDSA';
export const ACCESS_LIFETIME_SECONDS = 15 * 60;
export const REFRESH_LIFETIME_SECONDS = 30 * 24 * 60 * 60;
/** A longer token is refused before anything is computed; ours have about 500 characters. */
export const MAX_TOKEN_LENGTH = 1_024;
/** How far the clocks of two of our machines may differ before a new token looks as if it came from the future. */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** `typ` of the header (RFC 9068 for access tokens): it keeps one kind of token from being taken for another. */
export const TOKEN_TYPES = { access: 'at+jwt', refresh: 'rt+jwt' } as const;

/** Whom an access token speaks for. */
export interface AccessIdentity {
  readonly username: string;
  readonly role: UserRole;
  readonly sessionId: string;
  readonly expiresAtEpochSeconds: number;
}

/** What a refresh token claims; whether its generation is the latest one is for the session to say. */
export interface RefreshIdentity {
  readonly username: string;
  readonly sessionId: string;
  readonly generation: number;
  readonly expiresAtEpochSeconds: number;
}

/** What issuer and verifiers must agree on. */
export interface TokenSettings {
  /** Who signs, such as `https://api.example.com`. A refresh token is meant for nobody else. */
  readonly issuer: string;
  /** Whom access tokens are meant for: all services of one platform. */
  readonly audience: string;
  readonly accessLifetimeSeconds?: number;
  readonly refreshLifetimeSeconds?: number;
}

const epochSecondsSchema = z.int().min(0);

const registeredClaims = {
  iss: z.string(),
  aud: z.string(),
  sub: usernameSchema,
  sid: idSchema,
  jti: idSchema,
  iat: epochSecondsSchema,
  exp: epochSecondsSchema,
};

export const accessClaimsSchema = z.strictObject({
  ...registeredClaims,
  typ: z.literal('access'),
  role: userRoleSchema,
});
export type AccessClaims = z.infer<typeof accessClaimsSchema>;

export const refreshClaimsSchema = z.strictObject({
  ...registeredClaims,
  typ: z.literal('refresh'),
  generation: z.int().min(1),
});
export type RefreshClaims = z.infer<typeof refreshClaimsSchema>;

/** One and the same answer for every fault of a token, so that the answer teaches a forger nothing. */
export function invalidToken(cause?: unknown): AuthenticationError {
  return new AuthenticationError('The token is not valid.', { cause });
}
