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
const text = (price: number) => `${Math.floor(price / 100)}.${String(price % 100).padStart(2, '0')}`;
const isNear = (one: number, other: number) => Math.abs(other - one) * 100 <= one * MAX_JUMP_PERCENT;

function judgeAll(first: string, prices: readonly string[]): string[] {
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
    ['one that is alone', [121], [100]],
    ['one that the next contradicts', [500, 101], [100, 101]],
    ['two that agree', [50, 51], [100, 51]],
    ['two that disagree', [50, 200], [100, 100]],
    ['a second one after a quiet moment', [50, 100, 51], [100, 100, 100]],
    ['a crash in steps, one behind', [50, 45, 40], [100, 45, 40]],
  ])('%s', (_case, prices, accepted) => {
    expect(judgeAll('1.00', prices.map(text))).toEqual(accepted.map(text));
  });

  test('never accepts what is far both from the price before and from the one that waits', () => {
    fc.assert(
      fc.property(cents, fc.array(cents, { maxLength: 30 }), (first, prices) => {
        let accepted = first;
        let waiting: number | undefined;
        const expected = prices.map((price) => {
          if (isNear(accepted, price) || (waiting !== undefined && isNear(waiting, price))) {
            accepted = price;
            waiting = undefined;
          } else waiting = price;
          return text(accepted);
        });
        expect(judgeAll(text(first), prices.map(text))).toEqual(expected);
      }),
    );
  });

  test('follows any price that is told twice', () => {
    fc.assert(
      fc.property(cents, cents, (first, price) => {
        expect(judgeAll(text(first), [text(price), text(price)]).at(-1)).toBe(text(price));
      }),
    );
  });
});
