import type { Quote } from '@cnop/common/entities/inventory/quote';
import { PriceTooOldError } from './order-errors.ts';

const MILLISECONDS_PER_SECOND = 1_000;

/** Whether a quote is young enough to trade at. */
export function isFresh(quote: Quote, now: Date, maxAgeSeconds: number): boolean {
  return now.getTime() - Date.parse(quote.at) <= maxAgeSeconds * MILLISECONDS_PER_SECOND;
}

/**
 * The quote, when it is one to trade at.
 * @throws PriceTooOldError (503) when there is none, or it is too old
 */
export function assertFresh(
  assetId: string,
  quote: Quote | undefined,
  { now, maxAgeSeconds }: { readonly now: Date; readonly maxAgeSeconds: number },
): Quote {
  if (!quote || !isFresh(quote, now, maxAgeSeconds)) throw new PriceTooOldError(assetId);
  return quote;
}
