import { createHmac } from 'node:crypto';
import { createSigningKey, importSigningKeys } from '@cnop/common/auth/signing-keys';
import { AuthenticationError } from '@cnop/exception/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Forgery } from './token-fixture.ts';
import { aTokenPair, decodePart, encodePart, GRANT, REFUSAL, SETTINGS, signLike } from './token-fixture.ts';

const FUTURE = 4_000_000_000;

describe('a token with our signature and an invalid part', () => {
  const cases: readonly (readonly [string, Forgery])[] = [
    ['another audience', { claims: { aud: 'another-platform' } }],
    ['a list of audiences', { claims: { aud: [SETTINGS.audience, 'other'] } }],
    ['no audience', { claims: { aud: undefined } }],
    ['another issuer', { claims: { iss: 'https://evil.test' } }],
    ['no issuer', { claims: { iss: undefined } }],
    ['no expiry', { claims: { exp: undefined } }],
    ['an expiry in ten years', { claims: { exp: FUTURE } }],
    ['an expiry that is a text', { claims: { exp: '9999999999' } }],
    ['an expiry that is not whole', { claims: { exp: FUTURE + 0.5 } }],
    ['an expiry long ago', { claims: { exp: 1 } }],
    ['no time of issue', { claims: { iat: undefined } }],
    ['a time of issue in the future', { claims: { iat: FUTURE, exp: FUTURE + 900 } }],
    ['a time of issue long ago', { claims: { iat: 1_000 } }],
    ['not yet valid', { claims: { nbf: FUTURE } }],
    ['no subject', { claims: { sub: undefined } }],
    ['an empty subject', { claims: { sub: '' } }],
    ['a subject that is not a username', { claims: { sub: 'a#b' } }],
    ['a subject that is a number', { claims: { sub: 42 } }],
    ['no session', { claims: { sid: undefined } }],
    ['a session that is not an id', { claims: { sid: 'a#b' } }],
    ['no token id', { claims: { jti: undefined } }],
    ['no role', { claims: { role: undefined } }],
    ['an unknown role', { claims: { role: 'root' } }],
    ['roles in a list', { claims: { role: ['admin'] } }],
    ['no type claim', { claims: { typ: undefined } }],
    ['a refresh type claim', { claims: { typ: 'refresh' } }],
    ['an unknown claim', { claims: { admin: true } }],
    ['a refresh type header', { header: { typ: 'rt+jwt' } }],
    ['a plain JWT type header', { header: { typ: 'JWT' } }],
    ['no type header', { header: { typ: undefined } as unknown as NonNullable<Forgery['header']> }],
    ['an unknown key id', { header: { kid: 'unknown' } }],
    ['a path as key id', { header: { kid: '../../etc/passwd' } }],
  ];

  it.each(cases)('is refused: %s', async (_name, forgery) => {
    const { keys, clock, verifier } = await aTokenPair();
    const token = await signLike(keys, clock.now(), forgery);
    await expect(verifier.verify(token)).rejects.toMatchObject(REFUSAL);
    expect(verifier.verifyCached(token)).toBeUndefined();
  });

  it('is accepted without any difference', async () => {
    const { keys, clock, verifier } = await aTokenPair();
    await expect(verifier.verify(await signLike(keys, clock.now(), {}))).resolves.toMatchObject(GRANT);
  });
});

describe('clocks that differ', () => {
  it.each([
    ['an issuer 60 seconds ahead', 0, 60, true],
    ['an issuer 61 seconds ahead', 0, 61, false],
    ['an expiry 59 seconds ago', 900, -59, true],
    ['an expiry 60 seconds ago', 900, -60, false],
  ])('%s', async (_name, ageSeconds, aheadSeconds, isAccepted) => {
    const { keys, clock, verifier } = await aTokenPair();
    const seconds = Math.floor(clock.now().getTime() / 1_000);
    const iat = seconds - ageSeconds + aheadSeconds;
    const token = await signLike(keys, clock.now(), { claims: { iat, nbf: undefined, exp: iat + 900 } });
    const outcome = await verifier.verify(token).catch((error: unknown) => error);
    expect(outcome).toMatchObject(isAccepted ? GRANT : REFUSAL);
  });
});

describe('a forged token', () => {
  it.each(['none', 'None', 'NONE'])('is refused: algorithm %s', async (alg) => {
    const { issuer, verifier } = await aTokenPair();
    const [, claims = '', signature = ''] = (await issuer.issueAccess(GRANT)).token.split('.');
    const header = encodePart({ alg, typ: 'at+jwt' });
    for (const token of [`${header}.${claims}.`, `${header}.${claims}.${signature}`, `${header}.${claims}`]) {
      await expect(verifier.verify(token)).rejects.toMatchObject(REFUSAL);
    }
  });

  it.each(['HS256', 'HS512'])('is refused: %s with our public key as the secret', async (alg) => {
    const { issuer, verifier, keys } = await aTokenPair();
    const [, claims = ''] = (await issuer.issueAccess(GRANT)).token.split('.');
    const key = keys.publicKeys().keys[0];
    const secrets = [key?.x ?? '', Buffer.from(key?.x ?? '', 'base64url'), JSON.stringify(key)];
    for (const secret of secrets) {
      const signed = `${encodePart({ alg, typ: 'at+jwt', kid: key?.kid })}.${claims}`;
      const signature = createHmac(alg === 'HS256' ? 'sha256' : 'sha512', secret)
        .update(signed)
        .digest('base64url');
      await expect(verifier.verify(`${signed}.${signature}`)).rejects.toMatchObject(REFUSAL);
      // Has the length of an Ed25519 signature, so that it reaches the check of the key.
      const padded = Buffer.concat([Buffer.from(signature, 'base64url'), Buffer.alloc(64)]).subarray(0, 64);
      await expect(verifier.verify(`${signed}.${padded.toString('base64url')}`)).rejects.toMatchObject(
        REFUSAL,
      );
    }
  });

  it.each(['jwk', 'jku', 'x5u'])('is refused: has its own key in %s', async (name) => {
    const { clock, verifier } = await aTokenPair();
    const foreignKey = await createSigningKey(clock.now());
    const foreign = await importSigningKeys({ keys: [foreignKey] });
    const values = {
      jwk: foreign.publicKeys().keys[0],
      jku: 'https://evil.test/keys',
      x5u: 'https://evil.test/cert',
    };
    const header = { [name]: values[name as keyof typeof values] };
    const token = await signLike(foreign, clock.now(), { header });
    await expect(verifier.verify(token)).rejects.toMatchObject(REFUSAL);
  });

  it('is refused: requires an unknown extension', async () => {
    const { issuer, verifier } = await aTokenPair();
    const [header, claims = '', signature = ''] = (await issuer.issueAccess(GRANT)).token.split('.');
    const critical = encodePart({ ...decodePart(header), crit: ['b64'], b64: false });
    await expect(verifier.verify(`${critical}.${claims}.${signature}`)).rejects.toMatchObject(REFUSAL);
  });

  it('is refused: signed with another key under our key id', async () => {
    const { clock, keys, verifier } = await aTokenPair();
    const foreign = await importSigningKeys({ keys: [await createSigningKey(clock.now())] });
    const { keyId } = keys.signingKeyAt(clock.now());
    const token = await signLike(foreign, clock.now(), { header: { kid: keyId } });
    await expect(verifier.verify(token)).rejects.toMatchObject(REFUSAL);
  });

  it('is refused when any character of a valid token is changed, also while that is cached', async () => {
    const { issuer, verifier } = await aTokenPair();
    const { token } = await issuer.issueAccess(GRANT);
    await verifier.verify(token);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
    await fc.assert(
      fc.asyncProperty(
        fc.nat(token.length - 1),
        fc.constantFrom(...alphabet.split('')),
        async (at, character) => {
          fc.pre(token[at] !== character);
          const changed = token.slice(0, at) + character + token.slice(at + 1);
          await expect(verifier.verify(changed)).rejects.toMatchObject(REFUSAL);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is refused: another encoding of the same signature', async () => {
    const { issuer, verifier } = await aTokenPair();
    const { token } = await issuer.issueAccess(GRANT);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const spellings = alphabet
      .split('')
      .map((last) => token.slice(0, -1) + last)
      .filter((text) => text !== token);
    for (const spelling of [
      ...spellings,
      `${token}=`,
      `${token}==`,
      ` ${token}`,
      `${token}\n`,
      `${token}.`,
    ]) {
      await expect(verifier.verify(spelling)).rejects.toMatchObject(REFUSAL);
    }
    await expect(verifier.verify(token)).resolves.toMatchObject(GRANT);
  });

  it.each([
    ['nothing', ''],
    ['dots', '..'],
    ['words', 'not a token'],
    ['a text with a null', 'a.b\0.c'],
    ['five parts', 'a.b.c.d.e'],
    ['JSON', '{"alg":"none"}'],
    ['a huge one', `${'a'.repeat(1_000_000)}.b.c`],
  ])('is refused: %s', async (_name, token) => {
    const { verifier } = await aTokenPair();
    await expect(verifier.verify(token)).rejects.toMatchObject(REFUSAL);
    expect(verifier.verifyCached(token)).toBeUndefined();
  });

  it('gets the same error for every fault, with the reason only in the cause', async () => {
    const { keys, clock, verifier } = await aTokenPair();
    const fault = async (forgery: Forgery) =>
      verifier.verify(await signLike(keys, clock.now(), forgery)).catch((error: unknown) => error);
    const faults = [await fault({ claims: { exp: 1 } }), await fault({ claims: { role: 'root' } })];
    for (const error of faults) {
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error).toMatchObject({ ...REFUSAL, errors: [], extensions: {} });
      expect(error).toHaveProperty('cause');
    }
  });
});
