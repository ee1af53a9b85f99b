import { sortableSeq } from '@cnop/common/core/sortable-seq';
import fc from 'fast-check';
import { expect, it } from 'vitest';

it.each([
  [0, '0000000000000000'],
  [42, '0000000000000042'],
  [Number.MAX_SAFE_INTEGER, '9007199254740991'],
])('%d is written as %s', (seq, text) => {
  expect(sortableSeq(seq)).toBe(text);
});

it('texts are in the order of their numbers, and no two numbers have one text', () => {
  const seqs = fc.oneof(fc.maxSafeNat(), fc.nat({ max: 1_000 }));
  fc.assert(
    fc.property(seqs, seqs, (one, other) => {
      const [text, otherText] = [sortableSeq(one), sortableSeq(other)];
      expect(text < otherText).toBe(one < other);
      expect(text === otherText).toBe(one === other);
    }),
  );
});
