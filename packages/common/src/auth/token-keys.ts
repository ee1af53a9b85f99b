import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import { createLocalJWKSet, createRemoteJWKSet } from 'jose';
import type { Clock } from '../core/clock.ts';

/** The time limit of a download of the keys. */
const JWKS_TIMEOUT_MILLISECONDS = 2_000;
/** The shortest interval between downloads for unknown key ids, which any client can send. */
const JWKS_COOLDOWN_MILLISECONDS = 1_000;
/** The interval at which keys are downloaded again, so that a withdrawn key is dropped. */
const JWKS_REFRESH_MILLISECONDS = 5 * 60 * 1_000;

/** The source of the public keys: a key set, or the address of the key set of the user service. */
export type PublicKeySource = { readonly jwks: JSONWebKeySet } | { readonly url: URL };

/**
 * Returns a function that finds the public key of a token by its `kid`.
 *
 * Downloaded keys are refreshed in the background. They stay in use while the user service is unavailable, so that its
 * outage does not sign out all users.
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
