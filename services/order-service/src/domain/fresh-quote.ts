import type { Quote } from '@cnop/common/entities/inventory/quote';
import { PriceSuspendedError, PriceTooOldError } from './order-errors.ts';

const MILLISECONDS_PER_SECOND = 1_000;

/** Returns whether orders may be executed at a quote: it is young enough, and no jump waits for confirmation. */
export function isTradable(quote: Quote, now: Date, maxAgeSeconds: number): boolean {
  return !quote.suspended && isFresh(quote, now, maxAgeSeconds);
}

/** One from the future is as wrong as an old one: the clock was set back since. */
function isFresh(quote: Quote, now: Date, maxAgeSeconds: number): boolean {
  return Math.abs(now.getTime() - Date.parse(quote.at)) <= maxAgeSeconds * MILLISECONDS_PER_SECOND;
}

/**
 * Returns the quote when it is one to trade at.
 * @throws PriceTooOldError (503) when there is none, or it is too old
 * @throws PriceSuspendedError (503) while a jump of the price waits for confirmation
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
