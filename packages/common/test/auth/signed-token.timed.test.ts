import { expect, it } from 'vitest';
import { aTokenPair, REFUSAL } from './token-fixture.ts';

it('a huge token is refused by its length, before anything else is done with it', async () => {
  const { verifier } = await aTokenPair();
  const token = `${'a'.repeat(50_000_000)}.b.c`;
  const startedAt = performance.now();
  await expect(verifier.verify(token)).rejects.toMatchObject(REFUSAL);
  expect(verifier.verifyCached(token)).toBeUndefined();
  expect(performance.now() - startedAt).toBeLessThan(500);
});
