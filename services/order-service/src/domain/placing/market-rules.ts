import type { AssetId } from '@cnop/common/core/brands';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { priceFor, sideOf } from '@cnop/common/entities/order/order';
import { OrderRefusedError } from '@cnop/common/trading/settlement';
import { meetsLimit, scaledPrice, triggersStop } from '@cnop/common/trading/trigger-rules';
import { UnavailableError } from '@cnop/exception/errors';
import type { OrderTerms } from './order-terms.ts';
import { isMarketOrder } from './order-terms.ts';

const MILLISECONDS_PER_SECOND = 1_000;
/** Seconds that a client should wait for the next quote. */
const NEXT_QUOTE_SECONDS = 2;

/** 503 SVC_001: there is no quote, or it is too old to trade at. */
class PriceTooOldError extends UnavailableError {
  constructor(assetId: AssetId) {
    super(`There is no current price of ${assetId}: try again in a moment.`, {
      retryAfterSeconds: NEXT_QUOTE_SECONDS,
    });
  }
}

/** 503 SVC_001: the price jumped, and the jump is not confirmed yet. */
class PriceSuspendedError extends UnavailableError {
  constructor(assetId: AssetId) {
    super(`The price of ${assetId} jumped and waits for confirmation: try again in a moment.`, {
      retryAfterSeconds: NEXT_QUOTE_SECONDS,
    });
  }
}

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
  assetId: AssetId,
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
function assertWithinBound(terms: OrderTerms, quote: Quote): void {
  if (!isMarketOrder(terms) || terms.price_bound === null) return;
  const side = sideOf(terms.order_type);
  if (meetsLimit(side, terms.price_bound, quote)) return;
  const price = priceFor(side, quote);
  throw new OrderRefusedError(`The price is ${price}, worse than ${terms.price_bound}.`, 'price_bound', {
    price,
  });
}

function assertNotTriggered(terms: OrderTerms, { bid }: Quote): void {
  const scaledBid = scaledPrice(bid);
  if ('stop_price' in terms && triggersStop(terms, scaledPrice(terms.stop_price), scaledBid)) {
    const text =
      terms.order_type === 'stop_loss'
        ? `A stop-loss waits below the price, which is ${bid}.`
        : `A take-profit waits above the price, which is ${bid}.`;
    throw new OrderRefusedError(text, 'stop_price', { price: bid });
  }
  if ('trail' in terms && 'amount' in terms.trail && scaledPrice(terms.trail.amount) >= scaledBid) {
    const text = `The trail must be less than the price, which is ${bid}.`;
    throw new OrderRefusedError(text, 'trail_amount', { price: bid });
  }
}
