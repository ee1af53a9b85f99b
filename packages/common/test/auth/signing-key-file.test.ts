import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ownPublicKeys } from '@cnop/common/auth/public-keys';
import { addSigningKey, followSigningKeys, removeSigningKeys } from '@cnop/common/auth/signing-key-file';
import type { KeyFile, SigningKeys } from '@cnop/common/auth/signing-keys';
import { createSigningKey, importSigningKeys, signingKeyStates } from '@cnop/common/auth/signing-keys';
import { createTokenIssuer } from '@cnop/common/auth/token-issuer';
import { createTokenVerifier } from '@cnop/common/auth/token-verifier';
import { addSeconds } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GRANT, SETTINGS } from './token-fixture.ts';

const clock = createFakeClock();
let folder = '';
let file = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cnop-keys-'));
  file = path.join(folder, 'secrets', 'signing-keys.json');
});
afterEach(async () => rm(folder, { recursive: true }));

const WITHOUT_LISTENERS = { onReload: () => undefined, onTrouble: () => undefined };

/** Loads the keys as they are now. */
async function load(): Promise<SigningKeys> {
  const keys = await followSigningKeys({ path: file, clock, ...WITHOUT_LISTENERS });
  keys.close();
  return keys;
}

async function readKeys(): Promise<KeyFile> {
  return JSON.parse(await readFile(file, 'utf8')) as KeyFile;
}

describe('a key file', () => {
  it('is created with one key, readable only by its owner', async () => {
    await load();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
    expect((await readKeys()).keys).toMatchObject([
      { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', created_at: clock.now().toISOString() },
    ]);
    expect(await readdir(path.dirname(file))).toEqual(['signing-keys.json']);
  });

  it('keeps its keys, so that tokens stay valid after a restart', async () => {
    const before = await load();
    const issuer = createTokenIssuer({ keys: before, settings: SETTINGS, clock, ids: systemIds });
    const { token } = await issuer.issueAccess(GRANT);
    const after = await load();
    const verifier = createTokenVerifier({ keys: ownPublicKeys(after), settings: SETTINGS, clock });
    await expect(verifier.verify(token)).resolves.toMatchObject(GRANT);
  });

  it('is shared by processes that start at the same time', async () => {
    const starting = Array.from({ length: 20 }, () => load());
    const keyIds = (await Promise.all(starting)).map((keys) => keys.signingKeyAt(clock.now()).keyId);
    expect(new Set(keyIds).size).toBe(1);
    expect(await readdir(path.dirname(file))).toEqual(['signing-keys.json']);
  });

  it.each([0o644, 0o640, 0o604, 0o660, 0o606, 0o620])(
    'is refused with mode %o, with a remedy',
    async (mode) => {
      await load();
      await chmod(file, mode);
      const loading = load();
      await expect(loading).rejects.toThrow(`mode 0${mode.toString(8)}`);
      await expect(loading).rejects.toThrow(`chmod 600 ${file}`);
      await chmod(file, 0o400);
      await expect(load()).resolves.toBeDefined();
    },
  );

  it.each([
    ['no JSON', () => '{"keys": [{"d": "c2VjcmV0'],
    ['no keys', () => '{"keys": []}'],
    ['something else', () => '[]'],
    ['an unknown field', (content: string) => content.replace('"kty"', '"extra": 1, "kty"')],
    ['another algorithm', (content: string) => content.replace('"EdDSA"', '"HS256"')],
    ['a short key', (content: string) => content.replace(/"d": "[\w-]{2}/, '"d": "')],
  ])('is refused without quoting the secret when it has %s', async (_name, spoil) => {
    await load();
    const secret = (await readKeys()).keys[0]?.d ?? '';
    await writeFile(file, spoil(await readFile(file, 'utf8')));
    const error: unknown = await load().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: expect.stringContaining(`${file} cannot be used`) as string });
    expect(String((error as Error).stack)).not.toContain(secret.slice(2));
    expect(String((error as Error).stack)).not.toContain('c2VjcmV0');
  });
});

describe('rotation', () => {
  it('adds a key that is published at once and signs from its time on', async () => {
    const before = await load();
    const activeFrom = addSeconds(clock.now(), 3_600);
    const added = await addSigningKey({ path: file, clock, activeFrom });
    const after = await load();
    const keyIdAt = (at: Date) => after.signingKeyAt(at).keyId;
    expect(keyIdAt(clock.now())).toBe(before.signingKeyAt(clock.now()).keyId);
    expect(keyIdAt(addSeconds(activeFrom, -1))).not.toBe(added.kid);
    expect(keyIdAt(activeFrom)).toBe(added.kid);
    expect(after.publicKeys().keys.map(({ kid }) => kid)).toEqual([added.kid, keyIdAt(clock.now())]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('signs with the later one of two keys with the same time', async () => {
    await load();
    const added = await addSigningKey({ path: file, clock, activeFrom: clock.now() });
    const keys = await load();
    expect(keys.signingKeyAt(clock.now()).keyId).toBe(added.kid);
  });

  it('signs with the first key to become active when none is active yet', async () => {
    const later = await createSigningKey(clock.now(), addSeconds(clock.now(), 100));
    const sooner = await createSigningKey(clock.now(), addSeconds(clock.now(), 50));
    const keys = await importSigningKeys({ keys: [later, sooner] });
    expect(keys.signingKeyAt(clock.now()).keyId).toBe(sooner.kid);
  });

  it('requires a file and allows ten keys', async () => {
    await expect(addSigningKey({ path: file, clock, activeFrom: clock.now() })).rejects.toThrow(
      'There is no',
    );
    await load();
    for (let count = 2; count <= 10; count += 1)
      await addSigningKey({ path: file, clock, activeFrom: clock.now() });
    await expect(addSigningKey({ path: file, clock, activeFrom: clock.now() })).rejects.toThrow(
      'cannot be used',
    );
    expect((await readKeys()).keys).toHaveLength(10);
  });
});

describe('a running process', () => {
  async function follow() {
    const reloads: (readonly string[])[] = [];
    const troubles: string[] = [];
    const keys = await followSigningKeys({
      path: file,
      clock,
      pollMilliseconds: 5,
      onReload: (keyIds) => reloads.push(keyIds),
      onTrouble: ({ message }) => troubles.push(message),
    });
    return { keys, reloads, troubles };
  }

  it('publishes an added key, signs with it from its time on, and verifies with both', async () => {
    const { keys, reloads } = await follow();
    const verifier = createTokenVerifier({ keys: ownPublicKeys(keys), settings: SETTINGS, clock });
    const issuer = createTokenIssuer({ keys, settings: SETTINGS, clock, ids: systemIds });
    const { token: old } = await issuer.issueAccess(GRANT);
    const activeFrom = addSeconds(clock.now(), 60);
    const added = await addSigningKey({ path: file, clock, activeFrom });
    await expect.poll(() => reloads.length).toBe(1);
    expect(keys.publicKeys().keys.map(({ kid }) => kid)).toContain(added.kid);
    expect(keys.signingKeyAt(clock.now()).keyId).not.toBe(added.kid);
    clock.advanceSeconds(60);
    expect(keys.signingKeyAt(clock.now()).keyId).toBe(added.kid);
    const { token } = await issuer.issueAccess(GRANT);
    for (const each of [old, token]) await expect(verifier.verify(each)).resolves.toMatchObject(GRANT);
    keys.close();
  });

  it('refuses the tokens of a removed key, also those that it has verified', async () => {
    const { keys, reloads } = await follow();
    const verifier = createTokenVerifier({ keys: ownPublicKeys(keys), settings: SETTINGS, clock });
    const issuer = createTokenIssuer({ keys, settings: SETTINGS, clock, ids: systemIds });
    const { token } = await issuer.issueAccess(GRANT);
    await verifier.verify(token);
    const [first] = (await readKeys()).keys;
    await addSigningKey({ path: file, clock, activeFrom: clock.now() });
    await removeSigningKeys(file, new Set([first?.kid ?? '']));
    await expect.poll(() => reloads.at(-1)?.length).toBe(1);
    await expect(verifier.verify(token)).rejects.toThrow('not valid');
    keys.close();
  });

  it('keeps its keys while the file cannot be used, which it reports once', async () => {
    const { keys, reloads, troubles } = await follow();
    const before = keys.publicKeys();
    const sound = await readFile(file, 'utf8');
    await writeFile(file, '{');
    await expect.poll(() => troubles.length).toBe(1);
    await rm(file);
    expect(keys.publicKeys()).toEqual(before);
    await writeFile(file, sound, { mode: 0o600 });
    await addSigningKey({ path: file, clock, activeFrom: clock.now() });
    await expect.poll(() => reloads.length).toBe(1);
    expect(troubles).toHaveLength(1);
    keys.close();
  });
});

it('a key is next, then signs, verifies until its last refresh token has expired, and can be removed', async () => {
  await load();
  const [first] = (await readKeys()).keys;
  const second = await addSigningKey({ path: file, clock, activeFrom: addSeconds(clock.now(), 60) });
  const statesAfter = async (seconds: number) => {
    const states = signingKeyStates(await readKeys(), addSeconds(clock.now(), seconds));
    return Object.fromEntries(states.map(({ keyId, state }) => [keyId, state]));
  };
  const thirtyDays = 30 * 24 * 60 * 60;
  const [a, b] = [first?.kid ?? '', second.kid];
  expect(await statesAfter(0)).toEqual({ [a]: 'signing', [b]: 'next' });
  expect(await statesAfter(60)).toEqual({ [a]: 'verifying', [b]: 'signing' });
  expect(await statesAfter(59 + thirtyDays)).toEqual({ [a]: 'verifying', [b]: 'signing' });
  expect(await statesAfter(60 + thirtyDays)).toEqual({ [a]: 'expired', [b]: 'signing' });
  await removeSigningKeys(file, new Set([a]));
  expect(await statesAfter(0)).toEqual({ [b]: 'signing' });
  await expect(removeSigningKeys(file, new Set([b]))).rejects.toThrow('cannot be used');
});

describe('keys', () => {
  it('are published as a copy without private parts', async () => {
    const key = await createSigningKey(clock.now());
    const keys = await importSigningKeys({ keys: [key] });
    const { kty, crv, x, kid, alg, use } = key;
    const published = keys.publicKeys();
    expect(published).toEqual({ keys: [{ kty, crv, x, kid, alg, use }] });
    published.keys.pop();
    expect(keys.publicKeys().keys).toHaveLength(1);
  });

  it('are refused when the public part belongs to another key, or two keys have the same id', async () => {
    const [one, other] = [await createSigningKey(clock.now()), await createSigningKey(clock.now())];
    await expect(importSigningKeys({ keys: [{ ...one, x: other.x }] })).rejects.toThrow(
      /do not belong together|Invalid/,
    );
    await expect(importSigningKeys({ keys: [one, { ...other, kid: one.kid }] })).rejects.toThrow('same kid');
  });
});
