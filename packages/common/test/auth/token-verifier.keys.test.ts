import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSigningKey, importSigningKeys } from '@cnop/common/auth/signing-keys';
import { createTokenVerifier } from '@cnop/common/auth/token-verifier';
import { AuthenticationError, UnavailableError } from '@cnop/exception/errors';
import { afterEach, expect, it } from 'vitest';
import { aTokenPair, GRANT, SETTINGS, signLike } from './token-fixture.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

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
  const verifier = createTokenVerifier({ keys: { url }, settings: SETTINGS, clock });
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
  const verifier = createTokenVerifier({ keys: { url }, settings: SETTINGS, clock });
  const { token } = await issuer.issueAccess(GRANT);
  Object.assign(answer, fault);
  const error: unknown = await verifier.verify(token).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).toMatchObject({ status: 503, message: 'Tokens cannot be checked right now.' });
  Object.assign(answer, { status: 200, silent: false, body: JSON.stringify(keys.publicKeys()) });
  await expect(verifier.verify(token)).resolves.toMatchObject(GRANT);
});

it('fails with 503 while no server listens', async () => {
  const { issuer, clock } = await aTokenPair();
  const { url } = await aKeyServer();
  servers.splice(0).forEach((server) => server.close());
  const verifier = createTokenVerifier({ keys: { url }, settings: SETTINGS, clock });
  const { token } = await issuer.issueAccess(GRANT);
  await expect(verifier.verify(token)).rejects.toBeInstanceOf(UnavailableError);
});

it('downloads keys for an unknown key id, but not for every invented one', async () => {
  const { keys, keyFile, clock } = await aTokenPair();
  const { answer, url } = await aKeyServer();
  answer.body = JSON.stringify(keys.publicKeys());
  const verifier = createTokenVerifier({ keys: { url }, settings: SETTINGS, clock });
  await verifier.verify(await signLike(keys, clock.now(), {}));

  for (let count = 0; count < 20; count += 1) {
    const made = await signLike(keys, clock.now(), { header: { kid: `made-up-${count}` } });
    await expect(verifier.verify(made)).rejects.toBeInstanceOf(AuthenticationError);
  }
  expect(answer.requests).toBe(1);

  const rotated = await importSigningKeys({ keys: [...keyFile.keys, await createSigningKey(clock.now())] });
  answer.body = JSON.stringify(rotated.publicKeys());
  // The cool-down uses the clock of the machine.
  await sleep(1_050);
  await expect(verifier.verify(await signLike(rotated, clock.now(), {}))).resolves.toMatchObject(GRANT);
  expect(answer.requests).toBe(2);
});

it('keeps its keys during an outage of the server, and drops a withdrawn key after it', async () => {
  const { issuer, keys, clock } = await aTokenPair();
  const { answer, url } = await aKeyServer();
  answer.body = JSON.stringify(keys.publicKeys());
  const verifier = createTokenVerifier({ keys: { url }, settings: SETTINGS, clock, maxCachedTokens: 0 });
  const verifyNew = async () => verifier.verify((await issuer.issueAccess(GRANT)).token);
  await verifyNew();

  answer.status = 500;
  clock.advanceSeconds(5 * 60);
  await expect(verifyNew()).resolves.toMatchObject(GRANT);
  await expect.poll(() => answer.requests).toBe(2);
  await expect(verifyNew()).resolves.toMatchObject(GRANT);
  expect(answer.requests).toBe(2);

  const others = await importSigningKeys({ keys: [await createSigningKey(clock.now())] });
  Object.assign(answer, { status: 200, body: JSON.stringify(others.publicKeys()) });
  clock.advanceSeconds(5 * 60);
  await verifyNew();
  await expect.poll(() => answer.requests).toBe(3);
  await expect
    .poll(async () => verifyNew().catch((error: unknown) => (error as Error).name))
    .toBe('AuthenticationError');
});
