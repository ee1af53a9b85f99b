import type { Price } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { Balance } from '@cnop/common/entities/user/balance';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import type { Funds } from '@cnop/common/trading/holds';
import { ProblemError } from '@cnop/exception/problem-error';
import {
  anAssetId,
  anOrderId,
  aPrice,
  aTime,
  aTransactionId,
  aUsd,
  aUsername,
} from '@cnop/testing/builders/brands';
import {
  amountsOfCash,
  cents,
  expectedTrade,
  fees,
  prices,
  quantities,
  scaled,
} from '@cnop/testing/trade-arithmetic';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Trade } from '../../../src/domain/filling/execute-order.ts';
import { bookTrade } from '../../../src/domain/filling/execute-order.ts';

const AT = aTime('2026-01-15T12:00:00.000Z');
const RUNS = { numRuns: 500 };
const terms = fc.record({ price: prices, feeBps: fees });

interface Intent {
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly price: Price;
  readonly feeBps: number;
}

function trade({ quantity, ...intent }: Intent, funds: Funds, id = '1'): Trade {
  const whose = {
    username: aUsername('alice'),
    orderId: anOrderId(`order-${id}`),
    assetId: anAssetId('BTC'),
    tradeId: aTransactionId(`trade-${id}`),
    at: AT,
  };
  return bookTrade({ mid: intent.price, ...intent, ...whose, quantity: decimal(quantity) }, funds);
}

const funded = (usd: string): Balance => ({
  ...emptyBalance(aUsername('alice'), AT),
  current_balance: aUsd(decimal(usd).toFixed(2)),
});

function attempt(intent: Intent, funds: Funds, id?: string): Trade | undefined {
  try {
    return trade(intent, funds, id);
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}

/** Returns the realized gain in cents; null for a buy. The remaining units keep their share of the cost, rounded down. */
function expectedGain(next: Intent, before: StoredAssetBalance | undefined): bigint | null {
  if (next.side === 'buy' || !before) return null;
  const [cost, held] = [cents(before.total_invested), scaled(before.quantity)];
  const kept = (cost * (held - scaled(next.quantity))) / held;
  return expectedTrade('sell', next).cash - (cost - kept);
}

const RICH: Funds = { balance: funded('999999999999999.00'), holding: undefined };

describe('a trade', () => {
  it.each([
    ['holding', 'buy', '999999999999999', '0.1'],
    ['balance', 'sell', '500', '2000000000000'],
  ] as const)('that would make a %s too large to store is refused', (_what, side, quantity, price) => {
    const { holding } = trade(
      { side: 'buy', quantity: '999999999999999', price: aPrice('0.1'), feeBps: 0 },
      RICH,
    );
    expect(() => trade({ side, quantity, price: aPrice(price), feeBps: 0 }, { ...RICH, holding })).toThrow(
      expect.objectContaining({ code: 'BUS_002' }),
    );
  });

  it('that would make gains too large to store is refused', () => {
    const { holding } = trade({ side: 'buy', quantity: '1', price: aPrice('1'), feeBps: 0 }, RICH);
    const gained: Funds = {
      balance: funded('0'),
      holding: { ...holding, realized_pnl: aUsd('999999999999999.99') },
    };
    const sale = { side: 'sell', quantity: '1', feeBps: 0 } as const;
    expect(() => trade({ ...sale, price: aPrice('1.01') }, gained)).toThrow(
      expect.objectContaining({ code: 'BUS_002' }),
    );
    expect(trade({ ...sale, price: aPrice('1') }, gained).holding.realized_pnl).toBe('999999999999999.99');
  });

  it('moves quantity x price and its fee in cents, each rounded against the user', () => {
    fc.assert(
      fc.property(quantities, prices, fees, (quantity, price, feeBps) => {
        const bought = attempt({ side: 'buy', quantity, price, feeBps }, RICH);
        if (!bought) return;
        const cost = expectedTrade('buy', { quantity, price, feeBps });
        expect(cents(bought.assetTransaction.total_amount)).toBe(cost.total);
        expect(cents(bought.assetTransaction.fees ?? '')).toBe(cost.fees);
        expect(cents(bought.balanceTransaction?.amount ?? '')).toBe(cost.cash);
        expect(cents(bought.holding.total_invested)).toBe(cost.cash);

        const sale = { side: 'sell', quantity, price, feeBps } as const;
        const sold = attempt(sale, { balance: funded('0'), holding: bought.holding });
        const credit = expectedTrade('sell', sale);
        if (credit.cash <= 0n) {
          expect(sold).toBeUndefined();
          return;
        }
        expect(cents(sold?.assetTransaction.total_amount ?? '0')).toBe(credit.total);
        expect(cents(sold?.assetTransaction.fees ?? '0')).toBe(credit.fees);
        expect(cents(sold?.balance.current_balance ?? '0')).toBe(credit.cash);
      }),
      RUNS,
    );
  });

  it('never gains by buying and selling at one price, however it is split', () => {
    fc.assert(
      fc.property(
        fc.array(quantities, { minLength: 1, maxLength: 6 }),
        prices,
        fees,
        (parts, price, feeBps) => {
          let funds: Funds = { balance: funded('999999999999.00'), holding: undefined };
          for (const [index, quantity] of parts.entries()) {
            for (const side of ['buy', 'sell'] as const) {
              const done = attempt({ side, quantity, price, feeBps }, funds, `${index}${side}`);
              if (done) funds = { balance: done.balance, holding: done.holding };
            }
          }
          const worth = decimal(funds.holding?.quantity ?? '0').times(price);
          expect(decimal(funds.balance.current_balance).plus(worth).lte('999999999999.00')).toBe(true);
        },
      ),
      RUNS,
    );
  });

  it('is refused exactly when cash or position does not cover it, and changes nothing then', () => {
    fc.assert(
      fc.property(amountsOfCash, quantities, quantities, terms, (usd, bought, sold, { price, feeBps }) => {
        const funds: Funds = { balance: funded(usd), holding: undefined };
        const before = structuredClone(funds);
        const buy = attempt({ side: 'buy', quantity: bought, price, feeBps }, funds);
        const cost = expectedTrade('buy', { quantity: bought, price, feeBps });
        expect(buy !== undefined).toBe(cost.cash <= cents(usd));
        expect(funds).toEqual(before);
        if (!buy) return;
        const sale = attempt({ side: 'sell', quantity: sold, price, feeBps }, buy);
        const credit = expectedTrade('sell', { quantity: sold, price, feeBps });
        expect(sale !== undefined).toBe(scaled(sold) <= scaled(bought) && credit.cash > 0n);
      }),
      RUNS,
    );
  });

  it('keeps funds that add up over any sequence of trades', () => {
    const side = fc.constantFrom('buy', 'sell');
    const intent = fc.record({ side, quantity: quantities, price: prices, feeBps: fees });
    fc.assert(
      fc.property(amountsOfCash, fc.array(intent, { maxLength: 30, size: 'max' }), (usd, intents) => {
        let balance = funded(usd);
        let holding: StoredAssetBalance | undefined;
        let spent = 0n;
        let quantity = 0n;
        let realized = 0n;
        for (const [index, next] of intents.entries()) {
          const done = attempt(next, { balance, holding }, String(index));
          if (!done) continue;
          const amount = expectedTrade(next.side, next).cash;
          spent += next.side === 'buy' ? amount : -amount;
          quantity += next.side === 'buy' ? scaled(next.quantity) : -scaled(next.quantity);
          expect(done.balanceTransaction).toMatchObject({
            previous_balance: balance.current_balance,
            new_balance: done.balance.current_balance,
            sequence: balance.transaction_count + 1,
            reference_id: `order-${index}`,
          });
          expect(done.assetTransaction).toMatchObject({ order_id: `order-${index}`, price: next.price });
          const gain = expectedGain(next, holding);
          expect(done.assetTransaction.realized_pnl && cents(done.assetTransaction.realized_pnl)).toBe(gain);
          realized += gain ?? 0n;
          ({ balance, holding } = done);
        }
        expect(cents(balance.current_balance)).toBe(cents(usd) - spent);
        expect(scaled(holding?.quantity ?? '0')).toBe(quantity);
        expect(cents(balance.current_balance) >= 0n && quantity >= 0n).toBe(true);
        expect(cents(holding?.total_invested ?? '0') >= 0n).toBe(true);
        expect(cents(holding?.realized_pnl ?? '0')).toBe(realized);
        expect(realized).toBe(cents(holding?.total_invested ?? '0') - spent);
        if (quantity === 0n) expect(holding?.total_invested ?? '0.00').toBe('0.00');
      }),
      RUNS,
    );
  });
});
