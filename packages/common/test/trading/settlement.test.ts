import type { Decimal } from '@cnop/common/core/money';
import { decimal, ZERO } from '@cnop/common/core/money';
import { LEDGER_ACCOUNTS } from '@cnop/common/entities/user/balance-rules';
import type { Settlement } from '@cnop/common/trading/settlement';
import { houseLegs, settle, settlementOf } from '@cnop/common/trading/settlement';
import { ProblemError } from '@cnop/exception/problem-error';
import { anAssetId } from '@cnop/testing/builders/brands';
import { cents, expectedTrade, fees, prices, quantities, scaled } from '@cnop/testing/trade-arithmetic';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const sides = fc.constantFrom('buy', 'sell');
/** `SETTLEMENT_RUNS=1000000` runs more. */
const RUNS = { numRuns: Number(process.env['SETTLEMENT_RUNS'] ?? '2000') };
const TIMEOUT_MILLISECONDS = 10_000 + RUNS.numRuns;

function settled(side: 'buy' | 'sell', quantity: string, price: string, feeBps: number): Settlement {
  return settle(side, { quantity: decimal(quantity), price, feeBps });
}

const inCents = (usd: { toFixed(scale: number): string }): bigint => cents(usd.toFixed(2));

describe('a settlement', () => {
  it.each([
    { side: 'buy', quantity: '1', price: '100', feeBps: 0, moves: ['100.00', '0.00', '100.00'] },
    { side: 'buy', quantity: '1', price: '100', feeBps: 25, moves: ['100.00', '0.25', '100.25'] },
    { side: 'sell', quantity: '1', price: '100', feeBps: 25, moves: ['100.00', '0.25', '99.75'] },
    { side: 'buy', quantity: '0.001', price: '1', feeBps: 0, moves: ['0.01', '0.00', '0.01'] },
    { side: 'buy', quantity: '0.001', price: '1', feeBps: 1, moves: ['0.01', '0.01', '0.02'] },
    { side: 'sell', quantity: '0.333', price: '1', feeBps: 0, moves: ['0.33', '0.00', '0.33'] },
    { side: 'sell', quantity: '0.333', price: '1', feeBps: 100, moves: ['0.33', '0.01', '0.32'] },
    { side: 'buy', quantity: '1', price: '1', feeBps: 10_000, moves: ['1.00', '1.00', '2.00'] },
  ] as const)(
    'of a $side of $quantity at $price with $feeBps bps moves $moves',
    ({ side, moves, ...trade }) => {
      const { total, fees: fee, cash } = settled(side, trade.quantity, trade.price, trade.feeBps);
      expect([total, fee, cash].map((usd) => usd.toFixed(2))).toEqual(moves);
    },
  );

  it.each([
    ['less than a cent', '0.0099', '1', 0],
    ['a cent that its fee uses up', '0.01', '1', 1],
    ['a total equal to its fee', '5', '1', 10_000],
    ['more than can be stored', '1000', '999999999999999', 0],
  ])('of a sale for %s is refused', (_case, quantity, price, feeBps) => {
    expect(() => settled('sell', quantity, price, feeBps)).toThrow(
      expect.objectContaining({ code: 'BUS_002', errors: [expect.objectContaining({ field: 'quantity' })] }),
    );
  });

  it('of a buy is refused only when total and fee exceed what can be stored', () => {
    expect(settled('buy', '999999999999999', '1', 0).cash.toFixed(2)).toBe('999999999999999.00');
    expect(() => settled('buy', '999999999999999', '1', 1)).toThrow(ProblemError);
  });

  it('rounds total and fee against the user, to the cent', () => {
    fc.assert(
      fc.property(sides, quantities, prices, fees, (side, quantity, price, feeBps) => {
        const expected = expectedTrade(side, { quantity, price, feeBps });
        if (expected.cash <= 0n) {
          expect(() => settled(side, quantity, price, feeBps)).toThrow(ProblemError);
          return;
        }
        const result = settled(side, quantity, price, feeBps);
        expect([result.total, result.fees, result.cash].map(inCents)).toEqual([
          expected.total,
          expected.fees,
          expected.cash,
        ]);
      }),
      RUNS,
    );
  });

  it('of a quote names the other side: the value at the mid price, and what the house earns', () => {
    fc.assert(
      fc.property(sides, quantities, fc.tuple(prices, prices), fees, (side, quantity, [a, b], feeBps) => {
        const [lower, higher] = decimal(a).lte(b) ? [a, b] : [b, a];
        const [price, mid] = side === 'buy' ? [higher, lower] : [lower, higher];
        if (expectedTrade(side, { quantity, price, feeBps }).cash <= 0n) return;
        const settlement = settled(side, quantity, price, feeBps);
        const terms = { assetId: anAssetId('BTC'), quantity: decimal(quantity), price, mid };
        const [asset, ...earned] = houseLegs(side, settlement, terms).map(({ amount }) => amount);
        const moved = side === 'buy' ? settlement.cash.neg() : settlement.cash;
        expect([asset, ...earned].reduce<Decimal>((sum, leg) => sum.plus(leg ?? ZERO), moved).eq(ZERO)).toBe(
          true,
        );
        expect(asset?.abs().eq(decimal(quantity).times(mid))).toBe(true);
        expect(earned.every((amount) => amount.gte(ZERO))).toBe(true);
        expect(earned[1]?.lt('0.01')).toBe(true);
      }),
      RUNS,
    );
  });

  it('gains nothing by splitting an order', { timeout: TIMEOUT_MILLISECONDS }, () => {
    fc.assert(
      fc.property(
        sides,
        fc.tuple(quantities, quantities),
        prices,
        fees,
        (side, [one, other], price, feeBps) => {
          const cashOf = (quantity: Decimal): Decimal => settlementOf(side, { quantity, price, feeBps }).cash;
          const [first, second] = [decimal(one), decimal(other)];
          const [whole, parts] = [cashOf(first.plus(second)), cashOf(first).plus(cashOf(second))];
          expect(side === 'buy' ? parts.gte(whole) : parts.lte(whole)).toBe(true);
        },
      ),
      RUNS,
    );
  });

  it('adds to the rounding of the house the remainders of all trades, and nothing else', {
    timeout: TIMEOUT_MILLISECONDS,
  }, () => {
    const CENT = 10n ** 34n;
    let rounding = ZERO;
    let remainders = 0n;
    fc.assert(
      fc.property(sides, quantities, prices, fees, (side, quantity, price, feeBps) => {
        const terms = { assetId: anAssetId('BTC'), quantity: decimal(quantity), price, mid: price, feeBps };
        for (const { account, amount } of houseLegs(side, settlementOf(side, terms), terms)) {
          if (account === LEDGER_ACCOUNTS.rounding) rounding = rounding.plus(amount);
        }
        const rest = (scaled(quantity) * scaled(price)) % CENT;
        remainders += side === 'sell' || rest === 0n ? rest : CENT - rest;
      }),
      RUNS,
    );
    expect(rounding.unitsAt(36)).toBe(remainders);
  });

  it('of a buy never costs more at a lower price, so a hold at the limit covers it', () => {
    fc.assert(
      fc.property(quantities, prices, prices, fees, (quantity, a, b, feeBps) => {
        const [lower, higher] = decimal(a).lte(b) ? [a, b] : [b, a];
        expect(
          settled('buy', quantity, lower, feeBps).cash.lte(settled('buy', quantity, higher, feeBps).cash),
        ).toBe(true);
      }),
      RUNS,
    );
  });
});
