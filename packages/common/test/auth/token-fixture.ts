import { ownPublicKeys } from '@cnop/common/auth/public-keys';
import type { KeyFile, SigningKeys } from '@cnop/common/auth/signing-keys';
import { createSigningKey, importSigningKeys } from '@cnop/common/auth/signing-keys';
import type { TokenSettings } from '@cnop/common/auth/token-claims';
import { createTokenIssuer } from '@cnop/common/auth/token-issuer';
import { createTokenVerifier } from '@cnop/common/auth/token-verifier';
import { addSeconds } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import { aSessionId, aUsername } from '@cnop/testing/builders/brands';
import { createFakeClock } from '@cnop/testing/fake-clock';
import type { JWTHeaderParameters } from 'jose';
import { SignJWT } from 'jose';

export const SETTINGS: TokenSettings = { issuer: 'https://issuer.test', audience: 'cnop-test' };
export const GRANT = {
  username: aUsername('alice'),
  role: 'customer',
  sessionId: aSessionId('session-1'),
} as const;
const REFRESH_LIFETIME_SECONDS = 30 * 24 * 60 * 60;

/** Creates an issuer and a verifier with the same keys and a clock that stands still. */
export async function aTokenPair(options: { readonly maxCachedTokens?: number } = {}) {
  const clock = createFakeClock();
  const keyFile: KeyFile = { keys: [await createSigningKey(clock.now())] };
  const keys = await importSigningKeys(keyFile);
  const issuer = createTokenIssuer({ keys, settings: SETTINGS, clock, ids: systemIds });
  const verifier = createTokenVerifier({
    keys: ownPublicKeys(keys),
    settings: SETTINGS,
    clock,
    ...options,
  });
  const refreshGrant = () => ({
    username: aUsername('alice'),
    sessionId: aSessionId('session-1'),
    generation: 1,
    issuedAt: clock.now(),
    expiresAt: addSeconds(clock.now(), REFRESH_LIFETIME_SECONDS),
  });
  return { clock, keyFile, keys, issuer, verifier, refreshGrant };
}

export interface Forgery {
  readonly header?: Partial<JWTHeaderParameters>;
  /** Claims that differ from a valid token; undefined removes one. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** Signs a token that differs from a valid access token as given. */
export async function signLike(keys: SigningKeys, now: Date, { header, claims }: Forgery): Promise<string> {
  const iat = Math.floor(now.getTime() / 1_000);
  const { keyId, privateKey } = keys.signingKeyAt(now);
  const payload: Record<string, unknown> = {
    iss: SETTINGS.issuer,
    aud: SETTINGS.audience,
    sub: 'alice',
    sid: 'session-1',
    jti: 'token-1',
    iat,
    exp: iat + 900,
    typ: 'access',
    role: 'customer',
    ...claims,
  };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: keyId, ...header })
    .sign(privateKey);
}

export function encodePart(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

export function decodePart(part: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Record<string, unknown>;
}

/** The error for every invalid token. */
export const REFUSAL = {
  name: 'AuthenticationError',
  code: 'AUTH_001',
  status: 401,
  message: 'The token is not valid.',
};
