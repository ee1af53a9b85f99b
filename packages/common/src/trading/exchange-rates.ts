import type { IsoTime, Price } from '../core/brands.ts';
import { knownPrice } from '../core/brands.ts';
import { decimal, formatPrice, roundDown, roundUp } from '../core/money.ts';
import type { Currency, ExchangeRate } from '../entities/currency.ts';
import { BASE_CURRENCY } from '../entities/currency.ts';
import type { AssetStatus } from '../entities/inventory/asset.ts';
import type { Quote } from '../entities/inventory/quote.ts';
import { faultOfQuote } from './trigger-rules.ts';

/** Fraction digits of a rate that is not the quote itself. */
const RATE_SCALE = 12;

/** A currency with its quote in USD. USD itself has neither quote nor status. */
export type QuotedCurrency =
  | { readonly currency: typeof BASE_CURRENCY }
  | {
      readonly currency: Exclude<Currency, typeof BASE_CURRENCY>;
      readonly status: AssetStatus;
      readonly quote: Quote | undefined;
    };

/** The prices of one unit of a currency, in USD. */
export type UsdPrices = Pick<Quote, 'bid' | 'ask' | 'mid'>;

const ONE = knownPrice('1');
/** The prices of USD in itself. */
export const USD_PRICES: UsdPrices = { bid: ONE, ask: ONE, mid: ONE };

/** The time of the decision, and the greatest age of a quote that conversions execute at. */
interface QuoteAge {
  readonly now: Date;
  readonly maxAgeSeconds: number;
}

/** Returns why no conversion executes at the quote of a currency; undefined when it does. */
function faultOfCurrency(
  quoted: QuotedCurrency,
  { now, maxAgeSeconds }: QuoteAge,
): ExchangeRate['fault'] | undefined {
  if (quoted.currency === BASE_CURRENCY) return undefined;
  return quoted.status === 'active' ? faultOfQuote(quoted.quote, now, maxAgeSeconds) : 'closed';
}

/**
 * Computes the rate of a currency in another, over USD and with both spreads: a bid rounded down, an ask rounded up.
 * Returns undefined while one of them has no quote.
 */
export function exchangeRateOf(
  base: QuotedCurrency,
  quote: QuotedCurrency,
  age: QuoteAge,
): ExchangeRate | undefined {
  const [prices, unit] = [pricesOf(base), pricesOf(quote)];
  const at = olderOf(base, quote);
  if (!prices || !unit || at === undefined) return undefined;
  return {
    base: base.currency,
    quote: quote.currency,
    ...(unit === USD_PRICES ? ratesIn(prices) : crossRates(prices, unit)),
    at,
    fault: faultOfCurrency(base, age) ?? faultOfCurrency(quote, age) ?? null,
  };
}

function pricesOf(quoted: QuotedCurrency): UsdPrices | undefined {
  return quoted.currency === BASE_CURRENCY ? USD_PRICES : quoted.quote;
}

function ratesIn({ bid, ask, mid }: UsdPrices): UsdPrices {
  return { bid, ask, mid };
}

function crossRates(base: UsdPrices, unit: UsdPrices): UsdPrices {
  return {
    bid: rateAt(base.bid, unit.ask),
    ask: formatPrice(roundUp(decimal(base.ask).div(unit.bid), RATE_SCALE)),
    mid: formatPrice(decimal(base.mid).div(unit.mid).round(RATE_SCALE)),
  };
}

/** Returns what one unit brings when it is sold at a bid, and the proceeds buy at an ask; rounded down. */
export function rateAt(bid: Price, ask: Price): Price {
  return formatPrice(roundDown(decimal(bid).div(ask), RATE_SCALE));
}

function olderOf(...currencies: readonly QuotedCurrency[]): IsoTime | undefined {
  const times = currencies.flatMap((quoted) =>
    quoted.currency === BASE_CURRENCY || !quoted.quote ? [] : [quoted.quote.at],
  );
  return times.toSorted()[0];
}
