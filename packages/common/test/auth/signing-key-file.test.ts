import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { addSigningKey, loadOrCreateSigningKeys } from '@cnop/common/auth/signing-key-file';
import type { KeyFile } from '@cnop/common/auth/signing-keys';
import { createSigningKey, importSigningKeys } from '@cnop/common/auth/signing-keys';
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

async function readKeys(): Promise<KeyFile> {
  return JSON.parse(await readFile(file, 'utf8')) as KeyFile;
}

describe('a key file', () => {
  it('is created with one key, readable only by its owner', async () => {
    await loadOrCreateSigningKeys({ path: file, clock });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
    expect((await readKeys()).keys).toMatchObject([
      { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', created_at: clock.now().toISOString() },
    ]);
    expect(await readdir(path.dirname(file))).toEqual(['signing-keys.json']);
  });

  it('keeps its keys, so that tokens stay valid after a restart', async () => {
    const before = await loadOrCreateSigningKeys({ path: file, clock });
    const issuer = createTokenIssuer({ keys: before, settings: SETTINGS, clock, ids: systemIds });
    const { token } = await issuer.issueAccess(GRANT);
    const after = await loadOrCreateSigningKeys({ path: file, clock });
    const verifier = createTokenVerifier({ keys: { jwks: after.publicKeys() }, settings: SETTINGS, clock });
    await expect(verifier.verify(token)).resolves.toMatchObject(GRANT);
  });

  it('is shared by processes that start at the same time', async () => {
    const starting = Array.from({ length: 20 }, () => loadOrCreateSigningKeys({ path: file, clock }));
    const keyIds = (await Promise.all(starting)).map((keys) => keys.signingKeyAt(clock.now()).keyId);
    expect(new Set(keyIds).size).toBe(1);
    expect(await readdir(path.dirname(file))).toEqual(['signing-keys.json']);
  });

  it.each([0o644, 0o640, 0o604, 0o660, 0o606, 0o620])(
    'is refused with mode %o, with a remedy',
    async (mode) => {
      await loadOrCreateSigningKeys({ path: file, clock });
      await chmod(file, mode);
      const loading = loadOrCreateSigningKeys({ path: file, clock });
      await expect(loading).rejects.toThrow(`mode 0${mode.toString(8)}`);
      await expect(loading).rejects.toThrow(`chmod 600 ${file}`);
      await chmod(file, 0o400);
      await expect(loadOrCreateSigningKeys({ path: file, clock })).resolves.toBeDefined();
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
    await loadOrCreateSigningKeys({ path: file, clock });
    const secret = (await readKeys()).keys[0]?.d ?? '';
    await writeFile(file, spoil(await readFile(file, 'utf8')));
    const error: unknown = await loadOrCreateSigningKeys({ path: file, clock }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ message: expect.stringContaining(`${file} cannot be used`) as string });
    expect(String((error as Error).stack)).not.toContain(secret.slice(2));
    expect(String((error as Error).stack)).not.toContain('c2VjcmV0');
  });
});

describe('rotation', () => {
  it('adds a key that is published at once and signs from its time on', async () => {
    const before = await loadOrCreateSigningKeys({ path: file, clock });
    const activeFrom = addSeconds(clock.now(), 3_600);
    const added = await addSigningKey({ path: file, clock, activeFrom });
    const after = await loadOrCreateSigningKeys({ path: file, clock });
    const keyIdAt = (at: Date) => after.signingKeyAt(at).keyId;
    expect(keyIdAt(clock.now())).toBe(before.signingKeyAt(clock.now()).keyId);
    expect(keyIdAt(addSeconds(activeFrom, -1))).not.toBe(added.kid);
    expect(keyIdAt(activeFrom)).toBe(added.kid);
    expect(after.publicKeys().keys.map(({ kid }) => kid)).toEqual([added.kid, keyIdAt(clock.now())]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('signs with the later one of two keys with the same time', async () => {
    await loadOrCreateSigningKeys({ path: file, clock });
    const added = await addSigningKey({ path: file, clock, activeFrom: clock.now() });
    const keys = await loadOrCreateSigningKeys({ path: file, clock });
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
    await loadOrCreateSigningKeys({ path: file, clock });
    for (let count = 2; count <= 10; count += 1)
      await addSigningKey({ path: file, clock, activeFrom: clock.now() });
    await expect(addSigningKey({ path: file, clock, activeFrom: clock.now() })).rejects.toThrow(
      'cannot be used',
    );
    expect((await readKeys()).keys).toHaveLength(10);
  });
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
