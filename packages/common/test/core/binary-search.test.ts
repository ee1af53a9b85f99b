import { binarySearch } from '@cnop/common/core/binary-search';
import fc from 'fast-check';
import { expect, it } from 'vitest';

it('finds the first number for which the predicate holds, in at most 21 calls for a million numbers', async () => {
  const span = fc.record({ from: fc.nat(1_000_000), length: fc.nat(1_000_000), beyond: fc.nat(1_100_000) });
  await fc.assert(
    fc.asyncProperty(span, async ({ from, length, beyond }) => {
      const end = from + length;
      let calls = 0;
      const found = await binarySearch({ from, end }, async (candidate) => {
        calls += 1;
        return candidate >= from + beyond;
      });
      expect(found).toBe(Math.min(from + beyond, end));
      expect(calls).toBeLessThanOrEqual(21);
    }),
  );
});

it('does not call the predicate for an empty span', async () => {
  const predicate = async () => Promise.reject(new Error('called'));
  expect(await binarySearch({ from: 1, end: 1 }, predicate)).toBe(1);
});
