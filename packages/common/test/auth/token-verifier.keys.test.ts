import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KeyCache } from '@cnop/common/auth/key-cache';
import type { RemotePublicKeysOptions } from '@cnop/common/auth/public-keys';
import { remotePublicKeys } from '@cnop/common/auth/public-keys';
import { createSigningKey, importSigningKeys } from '@cnop/common/auth/signing-keys';
import type { TokenVerifier } from '@cnop/common/auth/token-verifier';
import { createTokenVerifier } from '@cnop/common/auth/token-verifier';
import { AuthenticationError, UnavailableError } from '@cnop/exception/errors';
import { afterEach, describe, expect, it } from 'vitest';
import { aTokenPair, GRANT, SETTINGS, signLike } from './token-fixture.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Creates a verifier with the keys of the addresses. */
function verifierOf(options: RemotePublicKeysOptions, maxCachedTokens?: number): TokenVerifier {
  const { clock } = options;
  return createTokenVerifier({
    keys: remotePublicKeys(options),
    settings: SETTINGS,
    clock,
    ...(maxCachedTokens !== undefined && { maxCachedTokens }),
  });
}

/** Starts a server of key sets that responds as told and counts requests. */
async function aKeyServer() {
  const answer = { status: 200, body: '{}', requests: 0, silent: false };
  const server = createServer((_request, response) => {
    answer.requests += 1;
    if (!answer.silent)
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
  return { answer, url };
}

it('verifies with downloaded keys, and downloads them once', async () => {
  const { issuer, keys, clock } = await aTokenPair();
  const { answer, url } = await aKeyServer();
  answer.body = JSON.stringify(keys.publicKeys());
  const verifier = verifierOf({ urls: [url], clock });
  const tokens = await Promise.all(Array.from({ length: 10 }, () => issuer.issueAccess(GRANT)));
  for (const { token } of tokens) await expect(verifier.verify(token)).resolves.toMatchObject(GRANT);
  expect(answer.requests).toBe(1);
});

it.each([
  ['fails', { status: 500 }],
  ['redirects', { status: 302 }],
  ['responds with HTML', { body: '<html>' }],
  ['responds with another document', { body: '{"keys":"none"}' }],
  ['is silent', { silent: true }],
])('fails with 503, not 401, while the server %s, and recovers', async (_name, fault) => {
  const { issuer, keys, clock } = await aTokenPair();
  const { answer, url } = await aKeyServer();
  const verifier = verifierOf({ urls: [url], clock });
  const { token } = await issuer.issueAccess(GRANT);
  Object.assign(answer, fault);
  const error: unknown = await verifier.verify(token).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).toMatchObject({ status: 503, message: 'Tokens cannot be checked right now.' });
  expect(await verifier.ready().catch((reason: unknown) => reason)).toBeInstanceOf(UnavailableError);
  Object.assign(answer, { status: 200, silent: false, body: JSON.stringify(keys.publicKeys()) });
  clock.advanceSeconds(1);
  await verifier.ready();
  await expect(verifier.verify(token)).resolves.toMatchObject(GRANT);
});

it('fails with 503 while no server listens', async () => {
  const { issuer, clock } = await aTokenPair();
  const { url } = await aKeyServer();
  servers.splice(0).forEach((server) => server.close());
  const verifier = verifierOf({ urls: [url], clock });
  const { token } = await issuer.issueAccess(GRANT);
  await expect(verifier.verify(token)).rejects.toBeInstanceOf(UnavailableError);
});

it('downloads keys for an unknown key id, but not for every invented one', async () => {
  const { keys, keyFile, clock } = await aTokenPair();
  const { answer, url } = await aKeyServer();
  answer.body = JSON.stringify(keys.publicKeys());
  const verifier = verifierOf({ urls: [url], clock });
  await verifier.verify(await signLike(keys, clock.now(), {}));

  for (let count = 0; count < 20; count += 1) {
    const made = await signLike(keys, clock.now(), { header: { kid: `made-up-${count}` } });
    await expect(verifier.verify(made)).rejects.toBeInstanceOf(AuthenticationError);
  }
  expect(answer.requests).toBe(1);

  const rotated = await importSigningKeys({ keys: [...keyFile.keys, await createSigningKey(clock.now())] });
  answer.body = JSON.stringify(rotated.publicKeys());
  clock.advanceSeconds(1);
  await expect(verifier.verify(await signLike(rotated, clock.now(), {}))).resolves.toMatchObject(GRANT);
  expect(answer.requests).toBe(2);
});

it('keeps its keys during an outage of the server, and drops a withdrawn key after it', async () => {
  const { issuer, keys, clock } = await aTokenPair();
  const { answer, url } = await aKeyServer();
  answer.body = JSON.stringify(keys.publicKeys());
  const verifier = verifierOf({ urls: [url], clock }, 0);
  const verifyNew = async () => verifier.verify((await issuer.issueAccess(GRANT)).token);
  await verifyNew();

  answer.status = 500;
  clock.advanceSeconds(5 * 60);
  await expect(verifyNew()).resolves.toMatchObject(GRANT);
  await expect.poll(() => answer.requests).toBe(2);
  await expect(verifyNew()).resolves.toMatchObject(GRANT);
  expect(answer.requests).toBe(2);
  // It asks again soon, and a day later the keys are too old.
  clock.advanceSeconds(10);
  await verifyNew();
  await expect.poll(() => answer.requests).toBe(3);
  clock.advanceSeconds(24 * 60 * 60);
  await expect(verifyNew()).rejects.toBeInstanceOf(UnavailableError);
  await expect(verifier.ready()).rejects.toBeInstanceOf(UnavailableError);
  answer.status = 200;
  clock.advanceSeconds(10);
  await expect(verifyNew()).resolves.toMatchObject(GRANT);
  expect(answer.requests).toBe(5);

  const others = await importSigningKeys({ keys: [await createSigningKey(clock.now())] });
  Object.assign(answer, { status: 200, body: JSON.stringify(others.publicKeys()) });
  clock.advanceSeconds(5 * 60);
  await verifyNew();
  await expect.poll(() => answer.requests).toBe(6);
  await expect
    .poll(async () => verifyNew().catch((error: unknown) => (error as Error).name))
    .toBe('AuthenticationError');
});

it('drops verified tokens when a key is withdrawn', async () => {
  const { issuer, keys, clock } = await aTokenPair();
  const { answer, url } = await aKeyServer();
  answer.body = JSON.stringify(keys.publicKeys());
  const verifier = verifierOf({ urls: [url], clock });
  const { token } = await issuer.issueAccess(GRANT);
  await verifier.verify(token);
  const others = await importSigningKeys({ keys: [await createSigningKey(clock.now())] });
  answer.body = JSON.stringify(others.publicKeys());
  clock.advanceSeconds(5 * 60);
  await verifier.ready();
  await expect.poll(() => verifier.verifyCached(token)).toBeUndefined();
  await expect(verifier.verify(token)).rejects.toBeInstanceOf(AuthenticationError);
});

describe('several addresses', () => {
  it('are tried in turn', async () => {
    const { issuer, keys, clock } = await aTokenPair();
    const [broken, sound] = [await aKeyServer(), await aKeyServer()];
    broken.answer.status = 500;
    sound.answer.body = JSON.stringify(keys.publicKeys());
    const urls = [new URL('http://127.0.0.1:2/keys'), broken.url, sound.url];
    const verifier = verifierOf({ urls, clock });
    await expect(verifier.verify((await issuer.issueAccess(GRANT)).token)).resolves.toMatchObject(GRANT);
  });

  it('are all asked for a key that the first one does not know yet', async () => {
    const { keys, keyFile, clock } = await aTokenPair();
    const [slow, quick] = [await aKeyServer(), await aKeyServer()];
    const rotated = await importSigningKeys({
      keys: [...keyFile.keys, await createSigningKey(clock.now())],
    });
    slow.answer.body = JSON.stringify(keys.publicKeys());
    quick.answer.body = JSON.stringify(rotated.publicKeys());
    const urls = [slow.url, quick.url];
    const verifier = verifierOf({ urls, clock });
    await verifier.ready();
    clock.advanceSeconds(1);
    await expect(verifier.verify(await signLike(rotated, clock.now(), {}))).resolves.toMatchObject(GRANT);
  });

  it('are named with their failures, once for each outage', async () => {
    const { clock } = await aTokenPair();
    const { answer, url } = await aKeyServer();
    answer.status = 500;
    const urls = [new URL('http://127.0.0.1:2/keys'), url];
    const troubles: string[] = [];
    const keys = remotePublicKeys({ urls, clock, onTrouble: (error) => troubles.push(error.message) });
    for (let time = 0; time < 3; time++) {
      await expect(keys.ready()).rejects.toBeInstanceOf(UnavailableError);
      clock.advanceSeconds(1);
    }
    expect(answer.requests).toBe(3);
    expect(troubles).toHaveLength(1);
    expect(troubles[0]).toMatch(/127\.0\.0\.1:2\/keys: .*ECONNREFUSED.*; .*status 500/);
  });
});

describe('a cache', () => {
  const away = [new URL('http://127.0.0.1:2/keys')];

  /** A cache in memory, as a file or Redis keeps a text. */
  function aCache(text?: string): KeyCache & { text: string | undefined } {
    return {
      text,
      async read() {
        return this.text;
      },
      async write(written) {
        this.text = written;
      },
    };
  }

  it('lets a new process verify tokens while the server is away, for a day', async () => {
    const { issuer, keys, clock } = await aTokenPair();
    const { answer, url } = await aKeyServer();
    answer.body = JSON.stringify(keys.publicKeys());
    const cache = aCache();
    await remotePublicKeys({ urls: [url], cache, clock }).ready();
    await expect.poll(() => cache.text).toContain('confirmed_at');
    expect(cache.text).not.toContain('"d"');

    const start = () => verifierOf({ urls: away, cache, clock });
    await expect(start().verify((await issuer.issueAccess(GRANT)).token)).resolves.toMatchObject(GRANT);
    const unknown = await importSigningKeys({ keys: [await createSigningKey(clock.now())] });
    const foreign = await signLike(unknown, clock.now(), {});
    await expect(start().verify(foreign)).rejects.toBeInstanceOf(UnavailableError);
    clock.advanceSeconds(24 * 60 * 60 + 1);
    await expect(start().ready()).rejects.toBeInstanceOf(UnavailableError);
  });

  it('is not used while a server answers', async () => {
    const { issuer, keys, clock } = await aTokenPair();
    const { answer, url } = await aKeyServer();
    const planted = await importSigningKeys({ keys: [await createSigningKey(clock.now())] });
    const cache = aCache(
      JSON.stringify({ confirmed_at: clock.now().toISOString(), ...planted.publicKeys() }),
    );
    answer.body = JSON.stringify(keys.publicKeys());
    const verifier = verifierOf({ urls: [url], cache, clock });
    await expect(verifier.verify((await issuer.issueAccess(GRANT)).token)).resolves.toMatchObject(GRANT);
    const foreign = await signLike(planted, clock.now(), {});
    await expect(verifier.verify(foreign)).rejects.toBeInstanceOf(AuthenticationError);
  });

  it.each([
    ['no JSON', () => '{'],
    ['another document', () => '{"keys":[]}'],
    [
      'keys from the future',
      (keys: object) => JSON.stringify({ confirmed_at: '2999-01-01T00:00:00.000Z', ...keys }),
    ],
  ])('is ignored when it holds %s', async (_name, make) => {
    const { keys, clock } = await aTokenPair();
    const cache = aCache(make(keys.publicKeys()));
    await expect(remotePublicKeys({ urls: away, cache, clock }).ready()).rejects.toBeInstanceOf(
      UnavailableError,
    );
  });
});
