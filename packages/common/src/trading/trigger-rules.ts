import type { Price } from '../core/brands.ts';
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
