import { join } from 'node:path';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { KeyCache } from '../auth/key-cache.ts';
import { createFileKeyCache } from '../auth/key-cache.ts';
import { remotePublicKeys } from '../auth/public-keys.ts';
import type { FollowedSigningKeys } from '../auth/signing-key-file.ts';
import { followSigningKeys } from '../auth/signing-key-file.ts';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import { createTokenVerifier } from '../auth/token-verifier.ts';
import type { HopSettings, KeySetSettings, MessagingSettings, tokenSettings } from '../config/settings.ts';
import { signingKeyFileOf, tokenNamesOf } from '../config/settings.ts';
import type { Clock } from '../core/clock.ts';

const CACHE_FILE_NAME = 'jwks-cache.json';
/** The value of JWKS_CACHE_FILE that keeps no keys. */
const NO_CACHE = 'off';

interface Parts {
  readonly clock: Clock;
  readonly logger: Logger;
}

type KeyCacheSettings = KeySetSettings & MessagingSettings & Pick<HopSettings, 'GATEWAY_SECRET'>;
type RemoteVerifierSettings = KeyCacheSettings & z.output<typeof tokenSettings>;

/** Creates the verifier of a process without private keys, with the public keys of the user service. */
export async function createRemoteVerifier(
  settings: RemoteVerifierSettings,
  { clock, logger }: Parts,
): Promise<TokenVerifier> {
  const keys = remotePublicKeys({
    urls: settings.JWKS_URL,
    cache: await openKeyCache(settings),
    clock,
    onTrouble: (error, message) => logger.warn({ err: error }, message),
  });
  return createTokenVerifier({ keys, settings: tokenNamesOf(settings), clock });
}

/**
 * Opens the cache of the settings: JWKS_CACHE_FILE if it is set; else Redis, if there is a server and a secret that proves
 * the writer; else a file in DATA_DIR. Returns undefined when JWKS_CACHE_FILE is `off`.
 */
export async function openKeyCache({
  JWKS_CACHE_FILE: file,
  DATA_DIR,
  REDIS_URL: url,
  GATEWAY_SECRET: secrets,
}: KeyCacheSettings): Promise<KeyCache | undefined> {
  if (file === NO_CACHE) return undefined;
  if (file === undefined && url && secrets) {
    // Loaded only when it is used: the client library takes memory and start time.
    const { createRedisKeyCache } = await import('../auth/redis/redis-key-cache.ts');
    return createRedisKeyCache({ url, secrets });
  }
  return createFileKeyCache(file ?? join(DATA_DIR, 'keys', CACHE_FILE_NAME));
}

/**
 * Opens the signing keys of the settings, which follow their file, and logs each change of them.
 * @throws Error that says how to fix it, when the file cannot be used
 */
export async function openSigningKeys(
  settings: Parameters<typeof signingKeyFileOf>[0],
  { clock, logger }: Parts,
): Promise<FollowedSigningKeys> {
  return followSigningKeys({
    path: signingKeyFileOf(settings),
    clock,
    onReload: (keyIds) => logger.info({ key_ids: keyIds }, 'the signing keys have changed'),
    onTrouble: (error) => logger.error({ err: error }, 'the signing key file cannot be used; the keys stay'),
  });
}
