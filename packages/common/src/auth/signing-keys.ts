import type { CryptoKey, JSONWebKeySet, JWK } from 'jose';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import { z } from 'zod';
import { isoTime } from '../core/brands.ts';
import { addSeconds } from '../core/clock.ts';
import { timestampSchema } from '../entities/fields.ts';
import { REFRESH_LIFETIME_SECONDS, TOKEN_ALGORITHM } from './token-claims.ts';

/** A retired key can be removed once the refresh tokens that it signed have expired. */
const MAX_SIGNING_KEYS = 10;
/** 32 bytes in base64url. */
const ED25519_PART_PATTERN = /^[\w-]{43}$/;

/** A public key as it is published; other members are dropped. */
export const publicKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  alg: z.literal(TOKEN_ALGORITHM),
  use: z.literal('sig'),
  kid: z.string().min(1).max(100),
  x: z.string().regex(ED25519_PART_PATTERN),
});

const signingKeySchema = z.strictObject({
  ...publicKeySchema.shape,
  d: z.string().regex(ED25519_PART_PATTERN),
  created_at: timestampSchema,
  /** The time from which the key signs. All verifiers must know a key before its first token appears. */
  active_from: timestampSchema,
});
export type SigningKey = z.infer<typeof signingKeySchema>;

/** The content of a key file: the keys of the platform, including the private parts. */
export const keyFileSchema = z.strictObject({ keys: z.array(signingKeySchema).min(1).max(MAX_SIGNING_KEYS) });
export type KeyFile = z.infer<typeof keyFileSchema>;

/** The keys of the user service. The newest active key signs; all keys verify. */
export interface SigningKeys {
  signingKeyAt(now: Date): { readonly keyId: string; readonly privateKey: CryptoKey };
  /** Returns the key set to publish, without private parts. */
  publicKeys(): JSONWebKeySet;
  /** Calls the listener after keys were added or removed. */
  onChange(listener: () => void): void;
}

/** Creates an Ed25519 key. Its id is its thumbprint (RFC 7638). */
export async function createSigningKey(createdAt: Date, activeFrom: Date = createdAt): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(TOKEN_ALGORITHM, { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(privateKey);
  return signingKeySchema.parse({
    ...jwk,
    alg: TOKEN_ALGORITHM,
    use: 'sig',
    kid: await calculateJwkThumbprint(jwk),
    created_at: isoTime(createdAt),
    active_from: isoTime(activeFrom),
  });
}

/**
 * Imports keys for signing.
 * @throws Error when the public and private part of a key do not belong together, or two keys have the same id
 */
export async function importSigningKeys({ keys }: KeyFile): Promise<SigningKeys> {
  if (new Set(keys.map((key) => key.kid)).size < keys.length)
    throw new Error('Two signing keys have the same kid.');
  const ordered = newestFirst(keys);
  const ready = await Promise.all(ordered.map(importKey));
  const published = { keys: ordered.map(publicPartOf) };

  return {
    signingKeyAt(now) {
      const at = isoTime(now);
      // The first key to become active signs until one is active.
      const key = ready.find(({ activeFrom }) => activeFrom <= at) ?? ready.at(-1);
      if (!key) throw new Error('There is no signing key.');
      return key;
    },
    publicKeys: () => structuredClone(published),
    // The keys of one file content do not change.
    onChange: () => undefined,
  };
}

/** What a key does at one moment. */
export interface SigningKeyState {
  readonly keyId: string;
  readonly createdAt: string;
  readonly activeFrom: string;
  /** `verifying`: it signs no more, and tokens that it signed may still be valid. `expired`: none is. */
  readonly state: 'next' | 'signing' | 'verifying' | 'expired';
  /** The time from which no token of the key is valid; null before another key has replaced it. */
  readonly expiresAt: Date | null;
}

/** Returns the states of all keys, in the order in which they become active, the latest first. */
export function signingKeyStates({ keys }: KeyFile, now: Date): SigningKeyState[] {
  const at = isoTime(now);
  const ordered = newestFirst(keys);
  const active = ordered.findIndex(({ active_from }) => active_from <= at);
  const signing = active === -1 ? ordered.length - 1 : active;
  return ordered.map((key, i) => {
    const successor = i > signing ? ordered[i - 1] : undefined;
    const expiresAt = successor
      ? addSeconds(new Date(successor.active_from), REFRESH_LIFETIME_SECONDS)
      : null;
    const isExpired = expiresAt !== null && expiresAt <= now;
    const state = i < signing ? 'next' : i === signing ? 'signing' : isExpired ? 'expired' : 'verifying';
    return { keyId: key.kid, createdAt: key.created_at, activeFrom: key.active_from, state, expiresAt };
  });
}

/** Orders keys by the time at which they become active. The later one of two with the same time comes first. */
function newestFirst(keys: readonly SigningKey[]): SigningKey[] {
  return keys.toReversed().toSorted((a, b) => b.active_from.localeCompare(a.active_from));
}

interface ReadyKey {
  readonly keyId: string;
  readonly activeFrom: string;
  readonly privateKey: CryptoKey;
}

async function importKey(key: SigningKey): Promise<ReadyKey> {
  const privateKey = await importEd25519({ kty: key.kty, crv: key.crv, x: key.x, d: key.d });
  const publicKey = await importEd25519(publicPartOf(key));
  const probe = new TextEncoder().encode(key.kid);
  const signature = await crypto.subtle.sign('Ed25519', privateKey, probe);
  if (!(await crypto.subtle.verify('Ed25519', publicKey, signature, probe))) {
    throw new Error(`The public and the private part of signing key ${key.kid} do not belong together.`);
  }
  return { keyId: key.kid, activeFrom: key.active_from, privateKey };
}

async function importEd25519(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, TOKEN_ALGORITHM);
  if (key instanceof Uint8Array) throw new Error('An Ed25519 key was expected.');
  return key;
}

function publicPartOf({ kty, crv, x, kid, alg, use }: SigningKey): JWK {
  return { kty, crv, x, kid, alg, use };
}
