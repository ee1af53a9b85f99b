import { firstThatHolds } from '@cnop/common/core/first-that-holds';
import fc from 'fast-check';
import { expect, it } from 'vitest';

it('finds the first number from which on something holds, in few looks', async () => {
  const span = fc.record({ from: fc.nat(1_000_000), length: fc.nat(1_000_000), beyond: fc.nat(1_100_000) });
  await fc.assert(
    fc.asyncProperty(span, async ({ from, length, beyond }) => {
      const end = from + length;
      let looks = 0;
      const found = await firstThatHolds({ from, end }, async (candidate) => {
        looks += 1;
        return candidate >= from + beyond;
      });
      expect(found).toBe(Math.min(from + beyond, end));
      expect(looks).toBeLessThanOrEqual(21);
    }),
  );
});

it('looks at nothing where there is nothing', async () => {
  const look = async () => Promise.reject(new Error('nothing is there'));
  expect(await firstThatHolds({ from: 1, end: 1 }, look)).toBe(1);
});
