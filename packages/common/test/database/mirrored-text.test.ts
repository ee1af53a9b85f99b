import { mirrored, unmirrored } from '@cnop/common/database/lmdb/mirrored-text';
import fc from 'fast-check';
import { expect, it } from 'vitest';

/** What a key may hold, and the end of a prefix. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(' ', '#', '~', 'a', '\u{7ff}', '\u{ffff}', '\u{10000}', '\u{10FFFF}'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((each) => !/\p{Cc}/u.test(each)),
  ),
  maxLength: 12,
});

const order = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

it('images sort in the opposite order of their texts, by their bytes in UTF-8', () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(order(mirrored(one), mirrored(other))).toBe(0 - order(one, other) || 0);
    }),
    { numRuns: 2_000 },
  );
});

it('the image of a text that goes on sorts before the image of its beginning', () => {
  fc.assert(
    fc.property(text, text.filter(Boolean), (beginning, rest) => {
      expect(order(mirrored(beginning + rest), mirrored(beginning))).toBe(-1);
    }),
  );
});

it('a text is found again in its image, which is ASCII', () => {
  fc.assert(
    fc.property(text, (each) => {
      expect(unmirrored(mirrored(each))).toBe(each);
      expect(mirrored(each)).toHaveLength(Buffer.byteLength(mirrored(each)));
    }),
    { numRuns: 2_000 },
  );
});
