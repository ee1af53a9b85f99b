import type { Decimal } from '@cnop/common/core/money';
import { decimal, decimalOfUnits, ZERO } from '@cnop/common/core/money';
import type { Currency } from '@cnop/common/entities/currency';
import { currencySchema, digitsOf } from '@cnop/common/entities/currency';
import { LEDGER_ACCOUNTS } from '@cnop/common/entities/user/balance-rules';
import type { ConversionPrices, CurrencyPair } from '@cnop/common/trading/conversion-amounts';
import { conversionLegs, creditFor, debitFor } from '@cnop/common/trading/conversion-amounts';
import type { UsdPrices } from '@cnop/common/trading/exchange-rates';
import { USD_PRICES } from '@cnop/common/trading/exchange-rates';
import { aPrice } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** `CONVERSION_RUNS=1000000` runs more. */
const RUNS = { numRuns: Number(process.env['CONVERSION_RUNS'] ?? '2000') };
const TIMEOUT_MILLISECONDS = 10_000 + RUNS.numRuns;

const SCALE = 8;
const priceUnits = fc.oneof(fc.bigInt(1n, 10n ** 4n), fc.bigInt(10n ** 5n, 10n ** 10n));
/** The prices of one unit in USD, in units of 10^-8: a bid, and what mid and ask add to it. */
const units = fc.tuple(priceUnits, fc.bigInt(0n, 10n ** 6n), fc.bigInt(0n, 10n ** 6n));
type Units = readonly [bigint, bigint, bigint];
const minorUnits = fc.oneof(fc.bigInt(1n, 1_000n), fc.bigInt(1n, 10n ** 14n));
const pairs = fc
  .uniqueArray(fc.constantFrom(...currencySchema.options), { minLength: 2, maxLength: 2 })
  .map(([from = 'USD', to = 'EUR']) => ({ from, to }));

function pricesOf(currency: Currency, [bid, spread, more]: Units): UsdPrices {
  if (currency === 'USD') return USD_PRICES;
  const price = (value: bigint) => aPrice(decimalOfUnits(value, SCALE).toFixed());
  return { bid: price(bid), mid: price(bid + spread), ask: price(bid + spread + more) };
}

/** The bid of `from` and the ask of `to` in units of 10^-8, computed without the code under test. */
function plainPrices({ from, to }: CurrencyPair, sold: Units, bought: Units): { bid: bigint; ask: bigint } {
  const one = 10n ** BigInt(SCALE);
  return {
    bid: from === 'USD' ? one : sold[0],
    ask: to === 'USD' ? one : bought[0] + bought[1] + bought[2],
  };
}

const given = (pair: CurrencyPair, sold: Units, bought: Units): ConversionPrices => ({
  from: pricesOf(pair.from, sold),
  to: pricesOf(pair.to, bought),
});
const amount = (minor: bigint, currency: Currency): Decimal => decimalOfUnits(minor, digitsOf(currency));
/** The value of minor units at a price, in units of 10^-10: two digits of the amount and eight of the price. */
const valueOf = (minor: bigint, currency: Currency, price: bigint): bigint =>
  minor * 10n ** BigInt(2 - digitsOf(currency)) * price;

describe('a conversion', () => {
  it(
    'brings as many minor units as its proceeds pay for, and not one more',
    () => {
      fc.assert(
        fc.property(pairs, units, units, minorUnits, (pair, sold, bought, minor) => {
          const { bid, ask } = plainPrices(pair, sold, bought);
          const credited = creditFor(amount(minor, pair.from), pair, given(pair, sold, bought));
          const credit = credited.unitsAt(digitsOf(pair.to));
          const proceeds = valueOf(minor, pair.from, bid);
          expect(valueOf(credit, pair.to, ask) <= proceeds).toBe(true);
          expect(valueOf(credit + 1n, pair.to, ask) > proceeds).toBe(true);
        }),
        RUNS,
      );
    },
    TIMEOUT_MILLISECONDS,
  );

  it(
    'costs the fewest minor units that pay for what it brings',
    () => {
      fc.assert(
        fc.property(pairs, units, units, minorUnits, (pair, sold, bought, minor) => {
          const { bid, ask } = plainPrices(pair, sold, bought);
          const debited = debitFor(amount(minor, pair.to), pair, given(pair, sold, bought));
          const debit = debited.unitsAt(digitsOf(pair.from));
          const cost = valueOf(minor, pair.to, ask);
          expect(valueOf(debit, pair.from, bid) >= cost).toBe(true);
          expect(valueOf(debit - 1n, pair.from, bid) < cost).toBe(true);
        }),
        RUNS,
      );
    },
    TIMEOUT_MILLISECONDS,
  );

  it(
    'gains nothing by splitting, and nothing by converting back',
    () => {
      fc.assert(
        fc.property(
          pairs,
          units,
          units,
          fc.tuple(minorUnits, minorUnits),
          (pair, sold, bought, [one, other]) => {
            const prices = given(pair, sold, bought);
            const [first, second] = [amount(one, pair.from), amount(other, pair.from)];
            const creditOf = (debited: Decimal): Decimal => creditFor(debited, pair, prices);
            expect(
              creditOf(first)
                .plus(creditOf(second))
                .lte(creditOf(first.plus(second))),
            ).toBe(true);
            const [less, more] = [amount(one, pair.to), amount(other, pair.to)];
            const debitOf = (credited: Decimal): Decimal => debitFor(credited, pair, prices);
            expect(
              debitOf(less)
                .plus(debitOf(more))
                .gte(debitOf(less.plus(more))),
            ).toBe(true);
            const back = { from: pair.to, to: pair.from };
            const returned = creditFor(creditOf(first), back, { from: prices.to, to: prices.from });
            expect(returned.lte(first)).toBe(true);
          },
        ),
        RUNS,
      );
    },
    TIMEOUT_MILLISECONDS,
  );

  it(
    'adds its remainder to the rounding of the house, and nothing else; all sides are zero',
    () => {
      let rounding = ZERO;
      let remainders = 0n;
      fc.assert(
        fc.property(pairs, units, units, minorUnits, (pair, sold, bought, minor) => {
          const prices = given(pair, sold, bought);
          const debited = amount(minor, pair.from);
          const credited = creditFor(debited, pair, prices);
          const legs = conversionLegs(pair, { debited, credited }, prices);
          const moved = pair.from === 'USD' ? debited.neg() : pair.to === 'USD' ? credited : ZERO;
          expect(legs.reduce((sum, leg) => sum.plus(leg.amount), moved).eq(ZERO)).toBe(true);
          const earned = legs.filter(({ account }) => !account.startsWith('house:currency:'));
          expect(earned.every((leg) => leg.amount.gte(ZERO))).toBe(true);
          for (const leg of legs) {
            if (leg.account === LEDGER_ACCOUNTS.rounding) rounding = rounding.plus(leg.amount);
          }
          const { bid, ask } = plainPrices(pair, sold, bought);
          // A minor unit of the credit has this value, by which the proceeds are divided.
          remainders += valueOf(minor, pair.from, bid) % valueOf(1n, pair.to, ask);
        }),
        RUNS,
      );
      expect(rounding.eq(decimal(remainders.toString()).times('0.0000000001'))).toBe(true);
    },
    TIMEOUT_MILLISECONDS,
  );
});
