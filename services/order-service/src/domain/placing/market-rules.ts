import type { AssetId } from '@cnop/common/core/brands';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { priceFor, sideOf } from '@cnop/common/entities/order/order';
import { OrderRefusedError } from '@cnop/common/trading/settlement';
import { meetsLimit, scaledPrice, triggersStop } from '@cnop/common/trading/trigger-rules';
import { UnavailableError } from '@cnop/exception/errors';
import type { OrderTerms } from './order-terms.ts';
import { isMarketOrder } from './order-terms.ts';

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
