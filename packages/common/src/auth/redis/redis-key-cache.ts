import { createHmac, timingSafeEqual } from 'node:crypto';
import { Redis } from 'ioredis';
import type { KeyCache } from '../key-cache.ts';

/** Followed by a name that depends on the secret, since several platforms may share a server. */
const KEY_PREFIX = 'cnop:jwks:';
const NAME_LENGTH = 16;
/** Separates these signatures from others that are made with the same secret. */
const PURPOSE = 'cnop public keys v1';
const TIMEOUT_MILLISECONDS = 1_000;
const LIFETIME_SECONDS = 24 * 60 * 60;
const SEPARATOR = '.';

/** The server of the cache, and the secrets that prove who has written to it. */
export interface RedisKeyCacheOptions {
  readonly url: URL;
  /** Writes are signed with the first one; signatures of all are accepted. */
  readonly secrets: readonly string[];
}

/**
 * Creates a cache of public keys in Redis. Its entry is signed, so that write access to Redis is not enough to plant a key.
 * A connection is opened for each call: there is one at the start and one every few minutes.
 */
export function createRedisKeyCache({ url, secrets }: RedisKeyCacheOptions): KeyCache {
  const [current = ''] = secrets;

  async function withServer<T>(use: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(url.href, {
      connectTimeout: TIMEOUT_MILLISECONDS,
      commandTimeout: TIMEOUT_MILLISECONDS,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    // A failure also rejects the command.
    redis.on('error', () => undefined);
    try {
      return await use(redis);
    } finally {
      redis.disconnect();
    }
  }

  return {
    async read() {
      const entries = await withServer((redis) => redis.mget(secrets.map(nameOf)));
      const found = entries.flatMap((entry, i) =>
        entry === null ? [] : [{ entry, secret: secrets[i] ?? '' }],
      );
      const [first] = found;
      if (!first) return undefined;
      const { entry, secret } = first;
      const [signature = '', ...rest] = entry.split(SEPARATOR);
      const text = rest.join(SEPARATOR);
      if (!isEqual(signature, signatureOf(text, secret))) {
        throw new Error('the public keys in Redis have a wrong signature, so they are not used');
      }
      return text;
    },
    async write(text) {
      const entry = signatureOf(text, current) + SEPARATOR + text;
      await withServer((redis) => redis.set(nameOf(current), entry, 'EX', LIFETIME_SECONDS));
    },
  };
}

function nameOf(secret: string): string {
  return (
    KEY_PREFIX + createHmac('sha256', secret).update(`${PURPOSE} name`).digest('hex').slice(0, NAME_LENGTH)
  );
}

function signatureOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(`${PURPOSE}\n${text}`).digest('base64url');
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
