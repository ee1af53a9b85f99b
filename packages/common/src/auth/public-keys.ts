import { UnavailableError } from '@cnop/exception/errors';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import { createLocalJWKSet, errors } from 'jose';
import { z } from 'zod';
import { isoTime } from '../core/brands.ts';
import type { Clock } from '../core/clock.ts';
import { timestampSchema } from '../entities/fields.ts';
import type { KeyCache } from './key-cache.ts';
import type { SigningKeys } from './signing-keys.ts';
import { publicKeySchema } from './signing-keys.ts';

/** The time limit of a download from one address. */
const DOWNLOAD_TIMEOUT_MILLISECONDS = 2_000;
const MAX_KEY_SET_CHARACTERS = 64 * 1_024;
/** The shortest interval between downloads for unknown key ids, which any client can send. */
const COOLDOWN_MILLISECONDS = 1_000;
/** The interval at which keys are downloaded again, so that a withdrawn key is dropped. */
const REFRESH_MILLISECONDS = 5 * 60 * 1_000;
/** The same after a failed download. */
const RETRY_MILLISECONDS = 10 * 1_000;
/**
 * The age from which keys that no download has confirmed are not used, in memory and in the cache. It ends the use of a
 * key that was withdrawn while the user service could not be reached.
 */
const MAX_AGE_MILLISECONDS = 24 * 60 * 60 * 1_000;
/** The difference between the clocks of two machines at which a cached key set from the future is used. */
const CLOCK_TOLERANCE_MILLISECONDS = 60 * 1_000;

/** The public keys that tokens are verified with. */
export interface PublicKeys {
  /**
   * Finds the key of a token by its `kid`.
   * @throws JWKSNoMatchingKey when the issuer has no such key
   * @throws UnavailableError (503) when that cannot be known now
   */
  readonly find: JWTVerifyGetKey;
  /**
   * Resolves when there are keys; loads them if necessary.
   * @throws UnavailableError (503) when none can be loaded
   */
  ready(): Promise<void>;
  /** Calls the listener after a key was withdrawn. */
  onWithdrawal(listener: () => void): void;
}

/** Returns the public keys of the process that signs tokens itself. */
export function ownPublicKeys(signingKeys: SigningKeys): PublicKeys {
  let find = createLocalJWKSet(signingKeys.publicKeys());
  const listeners: (() => void)[] = [];
  signingKeys.onChange(() => {
    find = createLocalJWKSet(signingKeys.publicKeys());
    for (const listener of listeners) listener();
  });
  return {
    find: (header, token) => find(header, token),
    ready: () => Promise.resolve(),
    onWithdrawal: (listener) => void listeners.push(listener),
  };
}

/** The source of the public keys of another process. */
export interface RemotePublicKeysOptions {
  /** The addresses of the key set, which are tried in turn. */
  readonly urls: readonly URL[];
  /** Keeps the latest key set across restarts. */
  readonly cache?: KeyCache | undefined;
  readonly clock: Clock;
  /** Called once for each outage of all addresses, and once for each outage of the cache. */
  readonly onTrouble?: (error: Error, message: string) => void;
}

interface LoadedKeys {
  readonly set: JSONWebKeySet;
  readonly find: JWTVerifyGetKey;
  /** The time at which a server sent the key set. */
  readonly confirmedAtMilliseconds: number;
}

/**
 * Returns the public keys of the user service. They are downloaded at first use and refreshed in the background. While
 * the user service is away they stay in use for a day, and a restarted process takes them from its cache, so that its
 * outage does not sign out all users.
 * @see docs/security.md
 */
export function remotePublicKeys(options: RemotePublicKeysOptions): PublicKeys {
  const { urls, clock } = options;
  const cache = watchedCache(options);
  const listeners: (() => void)[] = [];
  let current: LoadedKeys | undefined;
  let loading: Promise<void> | undefined;
  let attemptedAtMilliseconds = Number.NEGATIVE_INFINITY;
  let hasFailed = false;

  const nowMilliseconds = (): number => clock.now().getTime();
  /** A clock that was set back does not stop downloads. */
  const isDue = (intervalMilliseconds: number): boolean => {
    const elapsed = nowMilliseconds() - attemptedAtMilliseconds;
    return elapsed < 0 || elapsed >= intervalMilliseconds;
  };
  const usable = (): LoadedKeys | undefined =>
    current && isFresh(current.confirmedAtMilliseconds, nowMilliseconds()) ? current : undefined;

  function adopt({ set, confirmedAtMilliseconds }: Omit<LoadedKeys, 'find'>): void {
    const kept = new Set(set.keys.map(({ kid }) => kid));
    const hasWithdrawn = current?.set.keys.some(({ kid }) => !kept.has(kid)) ?? false;
    current = { set, confirmedAtMilliseconds, find: createLocalJWKSet(set) };
    if (hasWithdrawn) for (const listener of listeners) listener();
  }

  /** Downloads the keys, preferably with a key; takes them from the cache when there are none and no server answers. */
  async function attempt(keyId: string | undefined): Promise<void> {
    attemptedAtMilliseconds = nowMilliseconds();
    try {
      const set = await download(urls, keyId);
      hasFailed = false;
      adopt({ set, confirmedAtMilliseconds: nowMilliseconds() });
      // Awaited, so that a process which is ready can also restart without the user service.
      await cache.write(set, clock.now());
    } catch (error) {
      if (!hasFailed) options.onTrouble?.(toError(error), 'public keys could not be downloaded');
      hasFailed = true;
      const cached = usable() ? undefined : await cache.read(nowMilliseconds());
      if (cached) adopt(cached);
    }
  }

  async function load(keyId?: string): Promise<void> {
    loading ??= attempt(keyId).finally(() => {
      loading = undefined;
    });
    await loading;
  }

  async function keys(): Promise<LoadedKeys> {
    if (!usable() && (loading || isDue(COOLDOWN_MILLISECONDS))) await load();
    const found = usable();
    if (!found) throw new UnavailableError('No public keys are known, so tokens cannot be checked.');
    if (isDue(hasFailed ? RETRY_MILLISECONDS : REFRESH_MILLISECONDS)) void load();
    return found;
  }

  return {
    async find(header, token) {
      const { find } = await keys();
      try {
        return await find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        if (isDue(COOLDOWN_MILLISECONDS)) await load(header.kid);
        if (hasFailed) throw new UnavailableError('The key of the token is not known yet.', { cause: error });
        return await (await keys()).find(header, token);
      }
    },
    async ready() {
      await keys();
    },
    onWithdrawal: (listener) => void listeners.push(listener),
  };
}

function isFresh(confirmedAtMilliseconds: number, nowMilliseconds: number): boolean {
  const age = nowMilliseconds - confirmedAtMilliseconds;
  return age >= -CLOCK_TOLERANCE_MILLISECONDS && age <= MAX_AGE_MILLISECONDS;
}

const cachedSchema = z.object({ confirmed_at: timestampSchema, keys: z.array(publicKeySchema).min(1) });

/** Wraps a cache so that it holds key sets, and its failures are reported and change nothing else. */
function watchedCache({ cache, onTrouble }: RemotePublicKeysOptions) {
  let isTroubleKnown = false;
  const report = (error: unknown): undefined => {
    if (!isTroubleKnown) onTrouble?.(toError(error), 'the cache of public keys does not work');
    isTroubleKnown = true;
  };
  return {
    async read(nowMilliseconds: number): Promise<Omit<LoadedKeys, 'find'> | undefined> {
      try {
        const text = await cache?.read();
        if (text === undefined) return undefined;
        const { confirmed_at, keys } = cachedSchema.parse(JSON.parse(text));
        const confirmedAtMilliseconds = Date.parse(confirmed_at);
        if (!isFresh(confirmedAtMilliseconds, nowMilliseconds)) return undefined;
        return { set: { keys }, confirmedAtMilliseconds };
      } catch (error) {
        return report(error);
      }
    },
    async write(set: JSONWebKeySet, at: Date): Promise<void> {
      try {
        await cache?.write(JSON.stringify({ confirmed_at: isoTime(at), keys: set.keys }));
        isTroubleKnown = false;
      } catch (error) {
        report(error);
      }
    },
  };
}

/**
 * Downloads the key set from the first address that answers, or the first one with a key if its id is given: after a
 * rotation one instance may know the new key before another.
 * @throws Error that names each address with its failure, when none answers
 */
async function download(urls: readonly URL[], keyId: string | undefined): Promise<JSONWebKeySet> {
  const failures: string[] = [];
  let first: JSONWebKeySet | undefined;
  for (const url of urls) {
    try {
      const set = await downloadFrom(url);
      if (keyId === undefined || set.keys.some(({ kid }) => kid === keyId)) return set;
      first ??= set;
    } catch (error) {
      failures.push(`${url.href}: ${reasonOf(error)}`);
    }
  }
  if (first) return first;
  throw new Error(failures.join('; '));
}

async function downloadFrom(url: URL): Promise<JSONWebKeySet> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MILLISECONDS),
  });
  const text = await limitedText(response);
  if (!response.ok) throw new Error(`status ${response.status}`);
  const { keys } = z.object({ keys: z.array(z.unknown()) }).parse(JSON.parse(text));
  // Keys of another kind are for other verifiers.
  const usable = keys.flatMap((key) => publicKeySchema.safeParse(key).data ?? []);
  if (usable.length === 0) throw new Error('the key set has no Ed25519 key');
  return { keys: usable };
}

async function limitedText({ body }: Response): Promise<string> {
  if (!body) return '';
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.length > MAX_KEY_SET_CHARACTERS) throw new Error('the key set is too large');
  }
  return text;
}

/** Returns the message of the innermost cause: `fetch` wraps the failure of a connection. */
function reasonOf(error: unknown): string {
  const { cause, message } = toError(error);
  return cause instanceof Error ? reasonOf(cause) : message;
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
