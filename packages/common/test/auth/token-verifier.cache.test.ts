import { aSessionId } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import { aTokenPair, decodePart, encodePart, GRANT, REFUSAL } from './token-fixture.ts';

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
    const other = await issuer.issueAccess({ ...GRANT, sessionId: aSessionId('session-2') });
    await Promise.all([verifier.verify(one.token), verifier.verify(other.token)]);
    verifier.forget(aSessionId('session-1'));
    expect(verifier.verifyCached(one.token)).toBeUndefined();
    expect(verifier.verifyCached(other.token)).toBeDefined();
    verifier.clear();
    expect(verifier.verifyCached(other.token)).toBeUndefined();
  });

  it('does not cache a token that was invalidated during its verification', async () => {
    const { issuer, verifier } = await aTokenPair();
    const { token } = await issuer.issueAccess(GRANT);
    const verifying = verifier.verify(token);
    verifier.forget(aSessionId('session-1'));
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
