import { UnavailableError } from '@cnop/exception/errors';
import type { AssetId, Price } from '../core/brands.ts';
import { MILLISECONDS_PER_SECOND } from '../core/clock.ts';
import type { Decimal } from '../core/money.ts';
import { decimal, decimalOfUnits, MAX_SCALE } from '../core/money.ts';
import type { Quote } from '../entities/inventory/quote.ts';
import type { Side, StopConditions, Trail } from '../entities/order/order.ts';

/**
 * Returns whether a limit is met: the ask is at or below the limit of a buy, the bid at or above the limit of a sale. A
 * price bound is met in the same way.
 */
export function meetsLimit(side: Side, limit: Price, quote: Pick<Quote, 'bid' | 'ask'>): boolean {
  return side === 'buy' ? decimal(quote.ask).lte(limit) : decimal(quote.bid).gte(limit);
}

/**
 * Returns whether a bid triggers a stop: at or below the stop price of a stop-loss, at or above that of a take-profit.
 * Both prices are scaled (`scaledPrice`).
 */
export function triggersStop(
  { order_type }: Pick<StopConditions, 'order_type'>,
  stopPrice: bigint,
  bid: bigint,
): boolean {
  return order_type === 'take_profit' ? bid >= stopPrice : bid <= stopPrice;
}

/** One USD, or one percent, in the units of `scaledPrice`. */
const SCALED_ONE = 10n ** BigInt(MAX_SCALE);
/** 100 % in units of 10^-18 percent. */
const WHOLE = 100n * SCALED_ONE;
/** Fraction digits of a scaled stop: those of a price, those of a percentage, and two for the division by 100. */
const STOP_SCALE = 2 * MAX_SCALE + 2;

/**
 * Converts a price to a whole number of units of 10^-18 USD. It is parsed once and then compared with thousands of
 * orders.
 * @param price a decimal as it is stored
 * @throws RangeError when it has more digits than a price may have
 */
export function scaledPrice(price: string): bigint {
  return decimal(price).unitsAt(MAX_SCALE);
}

/** Converts a scaled bid to the scale of stops, for comparing the two. */
export function scaledBidForStop(bid: bigint): bigint {
  return bid * WHOLE;
}

/** Returns the stop of an order that trails by an amount of USD: the peak less the amount. */
export function amountStop(peak: bigint, amount: bigint): bigint {
  return (peak - amount) * WHOLE;
}

/** Returns the stop of an order that trails by a percentage of the peak. */
export function percentStop(peak: bigint, percent: bigint): bigint {
  return peak * (WHOLE - percent);
}

/** Converts a scaled stop to USD per unit. Exact: a percentage of a price may have more digits than a price. */
export function stopPriceOf(stop: bigint): Decimal {
  return decimalOfUnits(stop, STOP_SCALE);
}

/**
 * Returns the scaled stop of a trailing stop, given the highest bid since it was accepted.
 * @param peakBid scaled (`scaledPrice`)
 */
export function trailingStop(trail: Trail, peakBid: bigint): bigint {
  return 'amount' in trail
    ? amountStop(peakBid, scaledPrice(trail.amount))
    : percentStop(peakBid, scaledPrice(trail.percent));
}

/**
 * Returns the price at or below which the bid triggers a trailing stop, given the highest bid since it was accepted. USD
 * per unit, exact; zero or less when the trail is as long as the price.
 */
export function trailingStopPrice(trail: Trail, peakBid: Price): Decimal {
  return stopPriceOf(trailingStop(trail, scaledPrice(peakBid)));
}

/** Seconds that a client should wait for the next quote. */
const NEXT_QUOTE_SECONDS = 2;

/** 503 SVC_001: no order can be filled at the present quote. */
export class QuoteRefusedError extends UnavailableError {
  readonly fault: QuoteFault;

  constructor(assetId: AssetId, fault: QuoteFault) {
    super(QUOTE_FAULTS[fault](assetId), { retryAfterSeconds: NEXT_QUOTE_SECONDS });
    this.fault = fault;
  }
}

const tooOld = (assetId: AssetId) => `There is no current price of ${assetId}: try again in a moment.`;

const QUOTE_FAULTS: Readonly<Record<QuoteFault, (assetId: AssetId) => string>> = {
  missing: tooOld,
  old: tooOld,
  future: (assetId) =>
    `The price of ${assetId} is from the future: the clocks of two machines differ. Try again in a moment.`,
  suspended: (assetId) => `The price of ${assetId} jumped and waits for confirmation: try again in a moment.`,
};

/** Why orders may not be filled at a quote. */
export type QuoteFault = 'missing' | 'old' | 'future' | 'suspended';

/** The difference between the clocks of two machines at which a new quote is still accepted. */
const MAX_SECONDS_AHEAD = 2;

/**
 * Returns why orders may not be filled at a quote; undefined when they may. A quote from the future is as wrong as an old
 * one: it would stay current long after the price has moved.
 */
export function faultOfQuote(
  quote: Quote | undefined,
  now: Date,
  maxAgeSeconds: number,
): QuoteFault | undefined {
  if (!quote) return 'missing';
  const ageMilliseconds = now.getTime() - Date.parse(quote.at);
  if (ageMilliseconds > maxAgeSeconds * MILLISECONDS_PER_SECOND) return 'old';
  if (ageMilliseconds < -MAX_SECONDS_AHEAD * MILLISECONDS_PER_SECOND) return 'future';
  return quote.suspended ? 'suspended' : undefined;
}

/** Returns whether orders may be filled at a quote, and triggered by it. */
export function isTradable(quote: Quote, now: Date, maxAgeSeconds: number): boolean {
  return faultOfQuote(quote, now, maxAgeSeconds) === undefined;
}

/**
 * Returns the quote when orders may be filled at it.
 * @throws QuoteRefusedError (503 SVC_001), with the fault
 */
export function assertTradableQuote(
  assetId: AssetId,
  quote: Quote | undefined,
  { now, maxAgeSeconds }: { readonly now: Date; readonly maxAgeSeconds: number },
): Quote {
  const fault = faultOfQuote(quote, now, maxAgeSeconds);
  if (!quote || fault !== undefined) throw new QuoteRefusedError(assetId, fault ?? 'missing');
  return quote;
}
