import type { Quote } from '@cnop/common/entities/inventory/quote';
import { OrderRefusedError, PriceSuspendedError, PriceTooOldError } from '@cnop/common/trading/order-errors';
import { isMarketOrder, priceFor } from '@cnop/common/trading/order-sides';
import { isStopType, meetsLimit, scaledPrice, triggersStop } from '@cnop/common/trading/trigger-rules';
import type { OrderTerms } from './order-terms.ts';

const MILLISECONDS_PER_SECOND = 1_000;

/** Returns whether orders may be filled at a quote: it is young enough and not suspended. */
export function isTradable(quote: Quote, now: Date, maxAgeSeconds: number): boolean {
  return !quote.suspended && isFresh(quote, now, maxAgeSeconds);
}

/** A quote from the future is as wrong as an old one: the clock was set back since. */
function isFresh(quote: Quote, now: Date, maxAgeSeconds: number): boolean {
  return Math.abs(now.getTime() - Date.parse(quote.at)) <= maxAgeSeconds * MILLISECONDS_PER_SECOND;
}

/**
 * Returns the quote when orders may be filled at it.
 * @throws PriceTooOldError (503) when there is none, or it is too old
 * @throws PriceSuspendedError (503) while a jump of the price is not confirmed
 */
export function assertTradableQuote(
  assetId: string,
  quote: Quote | undefined,
  { now, maxAgeSeconds }: { readonly now: Date; readonly maxAgeSeconds: number },
): Quote {
  if (!quote || !isFresh(quote, now, maxAgeSeconds)) throw new PriceTooOldError(assetId);
  if (quote.suspended) throw new PriceSuspendedError(assetId);
  return quote;
}

/**
 * Refuses an order that the current price rules out: a market order at a price worse than its bound, a stop that would be
 * triggered at once, and a trail as long as the price.
 * @throws OrderRefusedError (422 BUS_002) that names the field and carries the current price
 */
export function assertMarketAllows(terms: OrderTerms, quote: Quote): void {
  assertWithinBound(terms, quote);
  assertNotTriggered(terms, quote);
}

/** The bound of a stop concerns its fill, not its acceptance. */
function assertWithinBound({ orderType, priceBound, side }: OrderTerms, quote: Quote): void {
  if (priceBound === null || !isMarketOrder(orderType) || meetsLimit(side, priceBound, quote)) return;
  const price = priceFor(side, quote);
  throw new OrderRefusedError(`The price is ${price}, worse than ${priceBound}.`, 'price_bound', { price });
}

function assertNotTriggered({ orderType, stopPrice, trailAmount }: OrderTerms, { bid }: Quote): void {
  const refuse = (field: string, text: string): never => {
    throw new OrderRefusedError(text, field, { price: bid });
  };
  const scaledBid = scaledPrice(bid);
  const isTriggered =
    isStopType(orderType) && stopPrice !== null && triggersStop(orderType, scaledPrice(stopPrice), scaledBid);
  if (isTriggered && orderType === 'stop_loss') {
    refuse('stop_price', `A stop-loss waits below the price, which is ${bid}.`);
  }
  if (isTriggered && orderType === 'take_profit') {
    refuse('stop_price', `A take-profit waits above the price, which is ${bid}.`);
  }
  if (trailAmount !== null && scaledPrice(trailAmount) >= scaledBid) {
    refuse('trail_amount', `The trail must be less than the price, which is ${bid}.`);
  }
}
