import { ownPublicKeys } from '@cnop/common/auth/public-keys';
import { createSigningKey, importSigningKeys } from '@cnop/common/auth/signing-keys';
import { MAX_TOKEN_LENGTH } from '@cnop/common/auth/token-claims';
import { createTokenIssuer } from '@cnop/common/auth/token-issuer';
import { createTokenVerifier } from '@cnop/common/auth/token-verifier';
import { systemIds } from '@cnop/common/core/ids';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { describe, expect, it } from 'vitest';
import { aTokenPair, decodePart, GRANT, REFUSAL, SETTINGS, signLike } from './token-fixture.ts';

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

  it('is valid until a minute after its expiry, cached or not, since clocks differ', async () => {
    for (const warm of [true, false]) {
      const { issuer, verifier, clock } = await aTokenPair();
      const { token } = await issuer.issueAccess(GRANT);
      if (warm) await verifier.verify(token);
      clock.advanceSeconds(899);
      await expect(verifier.verify(token)).resolves.toMatchObject({ username: 'alice' });
      clock.advanceSeconds(1);
      expect(verifier.verifyCached(token)).toBeUndefined();
      clock.advanceSeconds(59);
      await expect(verifier.verify(token)).resolves.toMatchObject({ username: 'alice' });
      clock.advanceSeconds(1);
      await expect(verifier.verify(token)).rejects.toMatchObject(REFUSAL);
    }
  });

  it('is valid on a machine whose clock is a minute behind, but not from further in the future', async () => {
    const { issuer, verifier, clock } = await aTokenPair();
    const { token } = await issuer.issueAccess(GRANT);
    clock.advanceSeconds(-61);
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
    clock.advanceSeconds(30 * 24 * 60 * 60 + 60);
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

describe('key rotation', () => {
  it('signs with the newest active key; tokens of older keys stay valid', async () => {
    const clock = createFakeClock();
    const older = await createSigningKey(clock.now());
    const newer = await createSigningKey(clock.now(), new Date(clock.now().getTime() + 60_000));
    const keys = await importSigningKeys({ keys: [older, newer] });
    const issuer = createTokenIssuer({ keys, settings: SETTINGS, clock, ids: systemIds });
    const verifier = createTokenVerifier({ keys: ownPublicKeys(keys), settings: SETTINGS, clock });
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
      keys: ownPublicKeys(withoutOlder),
      settings: SETTINGS,
      clock,
    });
    await expect(strict.verify(first.token)).rejects.toMatchObject(REFUSAL);
    await expect(strict.verify(second.token)).resolves.toMatchObject(GRANT);
  });
});
