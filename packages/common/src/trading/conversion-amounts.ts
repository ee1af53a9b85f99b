import type { Decimal } from '../core/money.ts';
import { roundDown, roundUp, smallestStep } from '../core/money.ts';
import type { Currency } from '../entities/currency.ts';
import { BASE_CURRENCY, digitsOf } from '../entities/currency.ts';
import type { LegAmount } from '../entities/user/balance-rules.ts';
import { LEDGER_ACCOUNTS } from '../entities/user/balance-rules.ts';
import { houseCurrency } from '../entities/user/wallet-rules.ts';
import type { UsdPrices } from './exchange-rates.ts';

/** The prices of both currencies of a conversion. */
export interface ConversionPrices {
  readonly from: UsdPrices;
  readonly to: UsdPrices;
}

/** The two currencies of a conversion. */
export interface CurrencyPair {
  readonly from: Currency;
  readonly to: Currency;
}

/** What a conversion moves: each amount is in its own currency. */
export interface ConvertedAmounts {
  readonly debited: Decimal;
  readonly credited: Decimal;
}

/**
 * Computes what a debit brings: the most whole minor units that its proceeds in USD, at the bid, pay for at the ask. So a
 * credit is rounded down, and splitting a conversion gains nothing.
 */
export function creditFor(debited: Decimal, { to }: CurrencyPair, prices: ConversionPrices): Decimal {
  const proceeds = debited.times(prices.from.bid);
  const digits = digitsOf(to);
  let credited = roundDown(proceeds.div(prices.to.ask), digits);
  // The quotient is rounded to the nearest, so it may lie above the exact one.
  while (credited.times(prices.to.ask).gt(proceeds)) credited = credited.minus(smallestStep(digits));
  return credited;
}

/** Computes the smallest debit that brings a credit. */
export function debitFor(credited: Decimal, { from }: CurrencyPair, prices: ConversionPrices): Decimal {
  const cost = credited.times(prices.to.ask);
  const digits = digitsOf(from);
  let debited = roundUp(cost.div(prices.from.bid), digits);
  while (debited.times(prices.from.bid).lt(cost)) debited = debited.plus(smallestStep(digits));
  return debited;
}

/**
 * Returns the house's side of a conversion in USD, as of a sale of the one currency and a buy of the other: the value at
 * the mid price of each currency but USD, the spreads, and what rounding leaves. The last two are never negative.
 */
export function conversionLegs(
  { from, to }: CurrencyPair,
  { debited, credited }: ConvertedAmounts,
  prices: ConversionPrices,
): LegAmount[] {
  const sold = debited.times(prices.from.mid);
  const bought = credited.times(prices.to.mid);
  const proceeds = debited.times(prices.from.bid);
  const cost = credited.times(prices.to.ask);
  return [
    ...(from === BASE_CURRENCY ? [] : [{ account: houseCurrency(from), amount: sold.neg() }]),
    ...(to === BASE_CURRENCY ? [] : [{ account: houseCurrency(to), amount: bought }]),
    { account: LEDGER_ACCOUNTS.spread, amount: sold.minus(proceeds).plus(cost).minus(bought) },
    { account: LEDGER_ACCOUNTS.rounding, amount: proceeds.minus(cost) },
  ];
}
