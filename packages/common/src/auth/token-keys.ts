import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import { createLocalJWKSet, createRemoteJWKSet } from 'jose';
import type { Clock } from '../core/clock.ts';

/** How long one download of the keys may take. */
const JWKS_TIMEOUT_MILLISECONDS = 2_000;
/** An unknown key id makes us look for new keys, but no more often than this: anybody can send one. */
const JWKS_COOLDOWN_MILLISECONDS = 1_000;
/** How old keys may get before they are downloaded again, so that a key that was withdrawn is forgotten. */
const JWKS_REFRESH_MILLISECONDS = 5 * 60 * 1_000;

/** Where a verifier finds the public keys: at hand, or at the key set address of the user service. */
export type PublicKeySource = { readonly jwks: JSONWebKeySet } | { readonly url: URL };

/**
 * Finds the public key for a token by its `kid`.
 *
 * Downloaded keys are refreshed in the background and stay in use while the user service cannot be reached: an
 * outage there must not turn away everybody who is signed in.
 */
export function resolvePublicKey(source: PublicKeySource, clock: Clock): JWTVerifyGetKey {
  if ('jwks' in source) return createLocalJWKSet(source.jwks);
  const remote = createRemoteJWKSet(source.url, {
    timeoutDuration: JWKS_TIMEOUT_MILLISECONDS,
    cooldownDuration: JWKS_COOLDOWN_MILLISECONDS,
    cacheMaxAge: Infinity,
  });
  let lastRefreshMilliseconds = clock.now().getTime();

  return async (header, token) => {
    const nowMilliseconds = clock.now().getTime();
    if (remote.jwks() && nowMilliseconds - lastRefreshMilliseconds >= JWKS_REFRESH_MILLISECONDS) {
      lastRefreshMilliseconds = nowMilliseconds;
      remote.reload().catch(() => undefined);
    }
    return remote(header, token);
  };
}
