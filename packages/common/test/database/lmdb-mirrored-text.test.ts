import { mirrored, unmirrored } from '@cnop/common/database/lmdb/item-layout';
import fc from 'fast-check';
import { expect, it } from 'vitest';

/** The characters of keys, and the end of a prefix. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(' ', '#', '~', 'a', '\u{7ff}', '\u{ffff}', '\u{10000}', '\u{10FFFF}'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((each) => !/\p{Cc}/u.test(each)),
  ),
  maxLength: 12,
});

const order = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

it('mirrored texts sort in reverse, by their bytes in UTF-8', () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(order(mirrored(one), mirrored(other))).toBe(0 - order(one, other) || 0);
    }),
    { numRuns: 2_000 },
  );
});

it('a mirrored text sorts before the mirrored text of its beginning', () => {
  fc.assert(
    fc.property(text, text.filter(Boolean), (beginning, rest) => {
      expect(order(mirrored(beginning + rest), mirrored(beginning))).toBe(-1);
    }),
  );
});

it('unmirrored is the inverse of mirrored, which returns ASCII', () => {
  fc.assert(
    fc.property(text, (each) => {
      expect(unmirrored(mirrored(each))).toBe(each);
      expect(mirrored(each)).toHaveLength(Buffer.byteLength(mirrored(each)));
    }),
    { numRuns: 2_000 },
  );
});
