import { decimal } from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { Balance } from '@cnop/common/entities/user/balance';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import { ProblemError } from '@cnop/exception/problem-error';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Books, Trade } from '../../src/domain/execute-market-order.ts';
import { executeMarketOrder } from '../../src/domain/execute-market-order.ts';
import type { Side } from '../../src/domain/order-terms.ts';

const AT = '2026-01-15T12:00:00.000Z';
const RUNS = { numRuns: 500 };
/** Reference arithmetic: whole numbers of 10^-18, so that nothing rounds before we say so. */
const UNIT = 10n ** 18n;

const digits = (scale: number, max: bigint) =>
  fc.bigInt({ min: 1n, max }).map((units) => {
    const text = units.toString().padStart(scale + 1, '0');
    return scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
  });
const quantities = digits(8, 10n ** 12n);
const prices = fc.nat({ max: 8 }).chain((scale) => digits(scale, 10n ** 10n));
const cash = digits(2, 10n ** 11n);

function scaled(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(18, '0'));
}

/** quantity x price in cents, rounded up or down, by whole-number arithmetic alone. */
function expectedCents(quantity: string, price: string, side: Side): bigint {
  const product = scaled(quantity) * scaled(price);
  const cent = (UNIT * UNIT) / 100n;
  return side === 'buy' ? (product + cent - 1n) / cent : product / cent;
}

const cents = (usd: string): bigint => scaled(usd) / (UNIT / 100n);

interface Intent {
  readonly side: Side;
  readonly quantity: string;
  readonly price: string;
}

function trade(intent: Intent, books: Books, id = '1'): Trade {
  return executeMarketOrder(
    {
      ...intent,
      orderType: intent.side === 'buy' ? 'market_buy' : 'market_sell',
      assetId: 'BTC',
      description: null,
    },
    { username: 'alice', orderId: `order-${id}`, tradeId: `trade-${id}`, at: AT },
    books,
  );
}

const funded = (usd: string): Balance => ({
  ...emptyBalance('alice', AT),
  current_balance: decimal(usd).toFixed(2),
});

function attempt(intent: Intent, books: Books, id?: string): Trade | undefined {
  try {
    return trade(intent, books, id);
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}

describe('a trade', () => {
  it.each([
    ['buy', { balance: funded('999999999999999.00'), holding: undefined }],
    ['sell', { balance: funded('999999999999999.00'), holding: undefined }],
  ] as const)('that would make a number too large to store is refused (%s)', (side, books) => {
    const holding = trade({ side: 'buy', quantity: '999999999999999', price: '1' }, books).holding;
    expect(() => trade({ side, quantity: '999999999999999', price: '0.9' }, { ...books, holding })).toThrow(
      ProblemError,
    );
  });

  it('moves quantity x price in cents, rounded against the user', () => {
    fc.assert(
      fc.property(quantities, prices, (quantity, price) => {
        const rich = { balance: funded('999999999999999.00'), holding: undefined };
        const bought = attempt({ side: 'buy', quantity, price }, rich);
        if (!bought) return;
        expect(cents(bought.order.total_amount)).toBe(expectedCents(quantity, price, 'buy'));
        const sold = attempt(
          { side: 'sell', quantity, price },
          { balance: funded('0'), holding: bought.holding },
        );
        const credit = expectedCents(quantity, price, 'sell');
        if (credit === 0n) expect(sold).toBeUndefined();
        else expect(cents(sold?.order.total_amount ?? '0')).toBe(credit);
      }),
      RUNS,
    );
  });

  it('there and back at one price never gains, however it is split', () => {
    fc.assert(
      fc.property(fc.array(quantities, { minLength: 1, maxLength: 6 }), prices, (parts, price) => {
        let books: Books = { balance: funded('999999999999.00'), holding: undefined };
        for (const [index, quantity] of parts.entries()) {
          for (const side of ['buy', 'sell'] as const) {
            const done = attempt({ side, quantity, price }, books, `${index}${side}`);
            if (done) books = { balance: done.balance, holding: done.holding };
          }
        }
        const held = decimal(books.holding?.quantity ?? '0').times(price);
        expect(decimal(books.balance.current_balance).plus(held).lte('999999999999.00')).toBe(true);
      }),
      RUNS,
    );
  });

  it('is refused, with nothing changed, exactly when cash or holding does not cover it', () => {
    fc.assert(
      fc.property(cash, quantities, quantities, prices, (usd, bought, sold, price) => {
        const books: Books = { balance: funded(usd), holding: undefined };
        const before = structuredClone(books);
        const buy = attempt({ side: 'buy', quantity: bought, price }, books);
        expect(buy !== undefined).toBe(expectedCents(bought, price, 'buy') <= cents(usd));
        expect(books).toEqual(before);
        if (!buy) return;
        const sale = attempt({ side: 'sell', quantity: sold, price }, buy);
        const isCovered = scaled(sold) <= scaled(bought) && expectedCents(sold, price, 'sell') > 0n;
        expect(sale !== undefined).toBe(isCovered);
      }),
      RUNS,
    );
  });

  it('keeps books that add up over any sequence of orders', () => {
    const orders = fc.array(
      fc.record({ side: fc.constantFrom<Side>('buy', 'sell'), quantity: quantities, price: prices }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(cash, orders, (usd, intents) => {
        let balance = funded(usd);
        let holding: StoredAssetBalance | undefined;
        let spent = 0n;
        let quantity = 0n;
        for (const [index, intent] of intents.entries()) {
          const done = attempt(intent, { balance, holding }, String(index));
          if (!done) continue;
          const amount = cents(done.order.total_amount);
          spent += intent.side === 'buy' ? amount : -amount;
          quantity += intent.side === 'buy' ? scaled(intent.quantity) : -scaled(intent.quantity);
          expect(done.balanceTransaction).toMatchObject({
            previous_balance: balance.current_balance,
            new_balance: done.balance.current_balance,
            sequence: balance.transaction_count + 1,
            reference_id: done.order.order_id,
          });
          expect(done.assetTransaction.order_id).toBe(done.order.order_id);
          ({ balance, holding } = done);
        }
        expect(cents(balance.current_balance)).toBe(cents(usd) - spent);
        expect(scaled(holding?.quantity ?? '0')).toBe(quantity);
        expect(cents(balance.current_balance) >= 0n && quantity >= 0n).toBe(true);
        expect(cents(holding?.total_invested ?? '0') >= 0n).toBe(true);
        if (quantity === 0n) expect(holding?.total_invested ?? '0.00').toBe('0.00');
      }),
      RUNS,
    );
  });
});
