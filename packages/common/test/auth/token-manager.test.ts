import { createHmac } from 'node:crypto';
import { createSigningKey, importSigningKeys } from '@cnop/common/auth/signing-keys';
import { MAX_TOKEN_LENGTH } from '@cnop/common/auth/token-claims';
import { createTokenIssuer, createTokenVerifier } from '@cnop/common/auth/token-manager';
import { systemIds } from '@cnop/common/core/ids';
import { AuthenticationError } from '@cnop/exception/errors';
import { createFakeClock } from '@cnop/testing/fake-clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Forgery } from './token-fixture.ts';
import { aTokenPair, decodePart, encodePart, GRANT, SETTINGS, signLike } from './token-fixture.ts';

const REFUSAL = {
  name: 'AuthenticationError',
  code: 'AUTH_001',
  status: 401,
  message: 'The token is not valid.',
};

describe('an access token', () => {
  it('names the user, the role and the session of its grant', async () => {
    const { issuer, verifier, clock } = await aTokenPair();
    const issued = await issuer.issueAccess(GRANT);
    const expiresAtEpochSeconds = clock.now().getTime() / 1_000 + 900;
    expect(issued).toMatchObject({ expiresInSeconds: 900, expiresAtEpochSeconds });
    expect(await verifier.verify(issued.token)).toEqual({ ...GRANT, expiresAtEpochSeconds });
  });

  it('has exactly the documented claims and header', async () => {
    const { issuer, keys, clock } = await aTokenPair();
    const { token } = await issuer.issueAccess(GRANT);
    const [header, claims] = token.split('.').map((part, index) => (index < 2 ? decodePart(part) : {}));
    const iat = clock.now().getTime() / 1_000;
    expect(header).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: keys.signingKeyAt(clock.now()).keyId });
    expect(claims).toEqual({
      iss: SETTINGS.issuer,
      aud: SETTINGS.audience,
      sub: 'alice',
      sid: 'session-1',
      role: 'customer',
      typ: 'access',
      iat,
      exp: iat + 900,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(token.length).toBeLessThan(MAX_TOKEN_LENGTH / 2);
  });

  it('is unique', async () => {
    const { issuer } = await aTokenPair();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => issuer.issueAccess(GRANT)));
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(20);
  });

  it('is valid until it expires, cached or not', async () => {
    for (const warm of [true, false]) {
      const { issuer, verifier, clock } = await aTokenPair();
      const { token } = await issuer.issueAccess(GRANT);
      if (warm) await verifier.verify(token);
      clock.advanceSeconds(899);
      await expect(verifier.verify(token)).resolves.toMatchObject({ username: 'alice' });
      clock.advanceSeconds(1);
      expect(verifier.verifyCached(token)).toBeUndefined();
      await expect(verifier.verify(token)).rejects.toMatchObject(REFUSAL);
    }
  });

  it('is valid on a machine whose clock is 5 seconds behind, but not from further in the future', async () => {
    const { issuer, verifier, clock } = await aTokenPair();
    const { token } = await issuer.issueAccess(GRANT);
    clock.advanceSeconds(-6);
    await expect(verifier.verify(token)).rejects.toMatchObject(REFUSAL);
    clock.advanceSeconds(1);
    await expect(verifier.verify(token)).resolves.toMatchObject({ username: 'alice' });
  });
});

describe('a refresh token', () => {
  it('names its session and generation, and expires with the session', async () => {
    const { issuer, verifier, refreshGrant, clock } = await aTokenPair();
    const { token } = await issuer.issueRefresh({ ...refreshGrant(), generation: 7 });
    expect(await verifier.verifyRefresh(token)).toEqual({
      username: 'alice',
      sessionId: 'session-1',
      generation: 7,
      expiresAtEpochSeconds: clock.now().getTime() / 1_000 + 30 * 24 * 60 * 60,
    });
    clock.advanceSeconds(30 * 24 * 60 * 60);
    await expect(verifier.verifyRefresh(token)).rejects.toMatchObject(REFUSAL);
  });

  it('is identical when issued again, and differs for another generation', async () => {
    const { issuer, refreshGrant, clock } = await aTokenPair();
    const grant = refreshGrant();
    const { token } = await issuer.issueRefresh(grant);
    clock.advanceSeconds(9);
    expect((await issuer.issueRefresh(grant)).token).toBe(token);
    expect((await issuer.issueRefresh({ ...grant, generation: 2 })).token).not.toBe(token);
  });

  it('is not accepted as an access token, nor the reverse', async () => {
    const { issuer, verifier, refreshGrant } = await aTokenPair();
    const access = await issuer.issueAccess(GRANT);
    const refresh = await issuer.issueRefresh(refreshGrant());
    await expect(verifier.verify(refresh.token)).rejects.toMatchObject(REFUSAL);
    await expect(verifier.verifyRefresh(access.token)).rejects.toMatchObject(REFUSAL);
    await verifier.verify(access.token);
    await expect(verifier.verifyRefresh(access.token)).rejects.toMatchObject(REFUSAL);
    expect(verifier.verifyCached(refresh.token)).toBeUndefined();
  });

  it('is not accepted as an access token even with its header and audience', async () => {
    const { keys, clock, verifier } = await aTokenPair();
    const claims = { typ: 'refresh', generation: 1 };
    await expect(verifier.verify(await signLike(keys, clock.now(), { claims }))).rejects.toMatchObject(
      REFUSAL,
    );
  });
});

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
    ['a huge one', `${'a'.repeat(50_000_000)}.b.c`],
  ])('is refused: %s', async (_name, token) => {
    const { verifier } = await aTokenPair();
    const startedAt = performance.now();
    await expect(verifier.verify(token)).rejects.toMatchObject(REFUSAL);
    expect(verifier.verifyCached(token)).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(500);
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

describe('the cache of verified tokens', () => {
  it('returns the identity of a verified token only', async () => {
    const { issuer, verifier } = await aTokenPair();
    const { token } = await issuer.issueAccess(GRANT);
    const other = await issuer.issueAccess(GRANT);
    expect(verifier.verifyCached(token)).toBeUndefined();
    const identity = await verifier.verify(token);
    expect(verifier.verifyCached(token)).toBe(identity);
    expect(await verifier.verify(token)).toBe(identity);
    expect(verifier.verifyCached(other.token)).toBeUndefined();
    expect(Object.isFrozen(identity)).toBe(true);
  });

  it('finds a token by its text, not by object identity', async () => {
    const { issuer, verifier } = await aTokenPair();
    const { token } = await issuer.issueAccess(GRANT);
    await verifier.verify(token);
    expect(verifier.verifyCached(Buffer.from(`Bearer ${token}`).toString().slice(7))).toMatchObject(GRANT);
  });

  it('does not accept other claims with a cached signature', async () => {
    const { issuer, verifier } = await aTokenPair();
    const { token } = await issuer.issueAccess(GRANT);
    await verifier.verify(token);
    const [header, claims, signature] = token.split('.');
    const forged = `${header}.${encodePart({ ...decodePart(claims), role: 'admin' })}.${signature}`;
    expect(verifier.verifyCached(forged)).toBeUndefined();
    await expect(verifier.verify(forged)).rejects.toMatchObject(REFUSAL);
    expect(verifier.verifyCached(token)).toMatchObject(GRANT);
  });

  it('removes the oldest token when it is full', async () => {
    const { issuer, verifier } = await aTokenPair({ maxCachedTokens: 3 });
    const tokens: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      const { token } = await issuer.issueAccess(GRANT);
      await verifier.verify(token);
      tokens.push(token);
    }
    const cached = tokens.map((token) => verifier.verifyCached(token) !== undefined);
    expect(cached).toEqual([false, false, true, true, true]);
  });

  it('invalidates one session, or all', async () => {
    const { issuer, verifier } = await aTokenPair();
    const one = await issuer.issueAccess(GRANT);
    const other = await issuer.issueAccess({ ...GRANT, sessionId: 'session-2' });
    await Promise.all([verifier.verify(one.token), verifier.verify(other.token)]);
    verifier.forget('session-1');
    expect(verifier.verifyCached(one.token)).toBeUndefined();
    expect(verifier.verifyCached(other.token)).toBeDefined();
    verifier.clear();
    expect(verifier.verifyCached(other.token)).toBeUndefined();
  });

  it('does not cache a token that was invalidated during its verification', async () => {
    const { issuer, verifier } = await aTokenPair();
    const { token } = await issuer.issueAccess(GRANT);
    const verifying = verifier.verify(token);
    verifier.forget('session-1');
    await verifying;
    expect(verifier.verifyCached(token)).toBeUndefined();
  });

  it('is many times faster than verifying', async () => {
    const { issuer, verifier } = await aTokenPair();
    const tokens: string[] = [];
    for (let count = 0; count < 200; count += 1) tokens.push((await issuer.issueAccess(GRANT)).token);

    const coldStart = performance.now();
    for (const token of tokens) await verifier.verify(token);
    const coldMicroseconds = ((performance.now() - coldStart) / tokens.length) * 1_000;

    let warmMicroseconds = Infinity;
    for (let round = 0; round < 50; round += 1) {
      const startedAt = performance.now();
      for (const token of tokens) verifier.verifyCached(token);
      warmMicroseconds = Math.min(
        warmMicroseconds,
        ((performance.now() - startedAt) / tokens.length) * 1_000,
      );
    }
    expect(warmMicroseconds).toBeLessThan(coldMicroseconds / 20);
  });
});

describe('key rotation', () => {
  it('signs with the newest active key; tokens of older keys stay valid', async () => {
    const clock = createFakeClock();
    const older = await createSigningKey(clock.now());
    const newer = await createSigningKey(clock.now(), new Date(clock.now().getTime() + 60_000));
    const keys = await importSigningKeys({ keys: [older, newer] });
    const issuer = createTokenIssuer({ keys, settings: SETTINGS, clock, ids: systemIds });
    const verifier = createTokenVerifier({ keys: { jwks: keys.publicKeys() }, settings: SETTINGS, clock });
    const keyIdOf = (token: string) => decodePart(token.split('.')[0])['kid'];

    const first = await issuer.issueAccess(GRANT);
    expect(keyIdOf(first.token)).toBe(older.kid);
    clock.advanceSeconds(60);
    const second = await issuer.issueAccess(GRANT);
    expect(keyIdOf(second.token)).toBe(newer.kid);
    await expect(verifier.verify(first.token)).resolves.toMatchObject(GRANT);
    await expect(verifier.verify(second.token)).resolves.toMatchObject(GRANT);

    const withoutOlder = await importSigningKeys({ keys: [newer] });
    const strict = createTokenVerifier({
      keys: { jwks: withoutOlder.publicKeys() },
      settings: SETTINGS,
      clock,
    });
    await expect(strict.verify(first.token)).rejects.toMatchObject(REFUSAL);
    await expect(strict.verify(second.token)).resolves.toMatchObject(GRANT);
  });
});
