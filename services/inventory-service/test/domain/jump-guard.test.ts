import type { Price } from '@cnop/common/core/brands';
import { aPrice } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GuardedPrice } from '../../src/domain/jump-guard.ts';
import { judgePrice } from '../../src/domain/jump-guard.ts';

const MAX_JUMP_PERCENT = 20;

/** Prices in cents, so that the reference below counts in whole numbers. */
const cents = fc.oneof(
  fc.integer({ min: 1, max: 100_000 }),
  fc.constantFrom(100, 119, 120, 121, 80, 79, 144, 145),
);
const text = (price: number) => aPrice(`${Math.floor(price / 100)}.${String(price % 100).padStart(2, '0')}`);
const isNear = (one: number, other: number) => Math.abs(other - one) * 100 <= one * MAX_JUMP_PERCENT;

function judgeAll(first: Price, prices: readonly Price[]): string[] {
  let known: GuardedPrice = { accepted: first, pending: undefined };
  return prices.map((price) => {
    known = judgePrice(known, price, MAX_JUMP_PERCENT).price;
    return known.accepted;
  });
}

describe('judgePrice', () => {
  test.each([
    ['the same price', [100], [100]],
    ['a rise up to the limit', [120], [120]],
    ['a fall down to the limit', [80], [80]],
    ['a jump without confirmation', [121], [100]],
    ['a jump that the next price contradicts', [500, 101], [100, 101]],
    ['a jump that the next price confirms', [50, 51], [100, 51]],
    ['two jumps that disagree', [50, 200], [100, 100]],
    ['a second jump after a near price', [50, 100, 51], [100, 100, 100]],
    ['a crash in steps, followed one price late', [50, 45, 40], [100, 45, 40]],
  ])('%s', (_case, prices, accepted) => {
    expect(judgeAll(aPrice('1.00'), prices.map(text))).toEqual(accepted.map(text));
  });

  test('never accepts a price that is far from both the accepted price and the pending one', () => {
    fc.assert(
      fc.property(cents, fc.array(cents, { maxLength: 30, size: 'max' }), (first, prices) => {
        let accepted = first;
        let pending: number | undefined;
        const expected = prices.map((price) => {
          if (isNear(accepted, price) || (pending !== undefined && isNear(pending, price))) {
            accepted = price;
            pending = undefined;
          } else pending = price;
          return text(accepted);
        });
        expect(judgeAll(text(first), prices.map(text))).toEqual(expected);
      }),
    );
  });

  test('accepts any price that comes twice', () => {
    fc.assert(
      fc.property(cents, cents, (first, price) => {
        expect(judgeAll(text(first), [text(price), text(price)]).at(-1)).toBe(text(price));
      }),
    );
  });
});
