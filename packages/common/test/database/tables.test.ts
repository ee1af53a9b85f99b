import { decimal } from '@cnop/common/core/money';
import { sortablePrice, sortableSeq, triggerPartition } from '@cnop/common/database/tables';
import { anAssetId } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('a sequence number in a sort key', () => {
  it.each([
    [0, '0000000000000000'],
    [42, '0000000000000042'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  ])('%d is written as %s', (seq, text) => {
    expect(sortableSeq(seq)).toBe(text);
  });

  it('sorts as the numbers do, and differs for different numbers', () => {
    const seqs = fc.oneof(fc.maxSafeNat(), fc.nat({ max: 1_000 }));
    fc.assert(
      fc.property(seqs, seqs, (one, other) => {
        const [text, otherText] = [sortableSeq(one), sortableSeq(other)];
        expect(text).toHaveLength(16);
        expect(text < otherText).toBe(one < other);
        expect(text === otherText).toBe(one === other);
      }),
    );
  });
});

describe('a price in a sort key', () => {
  const prices = fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 33n - 1n }), fc.nat({ max: 18 }))
    .map(([units, dropped]) => {
      const text = units.toString().padStart(34, '0');
      return decimal(`${text.slice(0, -18)}.${text.slice(-18).slice(0, 18 - dropped) || '0'}`).toFixed();
    })
    .filter((price) => price.split('.')[0]?.length !== undefined && (price.split('.')[0] ?? '').length <= 15);

  it('sorts as the prices do', () => {
    fc.assert(
      fc.property(prices, prices, (a, b) => {
        const byText = sortablePrice(a) < sortablePrice(b) ? -1 : Number(sortablePrice(a) > sortablePrice(b));
        expect(byText).toBe(decimal(a).cmp(decimal(b)));
        expect(sortablePrice(a)).toHaveLength(34);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the same for every spelling of a price', () => {
    expect(sortablePrice('1.50')).toBe(sortablePrice('1.5'));
    expect(sortablePrice('7.000')).toBe(sortablePrice('7'));
  });
});

it('names a partition of the trigger index by the asset and the kind of trigger', () => {
  expect(triggerPartition(anAssetId('ETH'), 'TRAIL')).toBe('ETH#TRAIL');
});
