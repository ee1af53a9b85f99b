import { UnavailableError } from '@cnop/exception/errors';
import type { JWTVerifyGetKey } from 'jose';
import { errors, jwtVerify } from 'jose';
import type { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { epochSeconds } from '../core/clock.ts';
import { CLOCK_TOLERANCE_SECONDS, invalidToken, MAX_TOKEN_LENGTH, TOKEN_ALGORITHM } from './token-claims.ts';

/**
 * A compact JWS with an Ed25519 signature. The last character holds only four bits; other spellings of the same bits
 * would make several tokens out of one.
 */
const TOKEN_PATTERN = /^[\w-]+\.[\w-]+\.[\w-]{85}[AQgw]$/;

interface LifetimeClaims {
  readonly iat: number;
  readonly exp: number;
}

/** The rules that a token has to meet. */
export interface TokenRules<Claims extends LifetimeClaims> {
  readonly key: JWTVerifyGetKey;
  readonly clock: Clock;
  readonly issuer: string;
  readonly audience: string;
  /** The `typ` of the header. */
  readonly type: string;
  readonly maxLifetimeSeconds: number;
  readonly claims: z.ZodType<Claims>;
}

/**
 * Verifies a token and returns its claims. It checks size and form before any cryptography, then algorithm, signature,
 * issuer, audience, type, times, and the exact set of claims.
 * @throws AuthenticationError (401) for an invalid token, always with the same detail
 * @throws UnavailableError (503) when the public keys cannot be loaded
 */
export async function verifySignedToken<Claims extends LifetimeClaims>(
  token: string,
  rules: TokenRules<Claims>,
): Promise<Claims> {
  if (token.length > MAX_TOKEN_LENGTH || !TOKEN_PATTERN.test(token)) throw invalidToken();
  const now = rules.clock.now();
  const claims = rules.claims.safeParse(await verifiedPayload(token, rules, now));
  if (!claims.success) throw invalidToken(claims.error);
  const { iat, exp } = claims.data;
  const isOver = exp + CLOCK_TOLERANCE_SECONDS <= epochSeconds(now);
  // The tolerance is for clocks; no token may claim a longer lifetime.
  if (isOver || exp - iat > rules.maxLifetimeSeconds) throw invalidToken();
  return claims.data;
}

async function verifiedPayload<Claims extends LifetimeClaims>(
  token: string,
  rules: TokenRules<Claims>,
  now: Date,
): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, rules.key, {
      algorithms: [TOKEN_ALGORITHM],
      issuer: rules.issuer,
      audience: rules.audience,
      typ: rules.type,
      requiredClaims: ['sub', 'sid', 'jti', 'iat', 'exp'],
      maxTokenAge: rules.maxLifetimeSeconds,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now,
    });
    return payload;
  } catch (error) {
    if (isFaultOfToken(error)) throw invalidToken(error);
    throw new UnavailableError('Tokens cannot be checked right now.', { cause: error });
  }
}

const FAULTS_OF_TOKEN = [
  errors.JWTClaimValidationFailed,
  errors.JWTExpired,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWSInvalid,
  errors.JWTInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
];

/** Returns false for a failed download of the keys: a new sign-in would not help, so it must not be a 401. */
function isFaultOfToken(error: unknown): boolean {
  return FAULTS_OF_TOKEN.some((fault) => error instanceof fault);
}
