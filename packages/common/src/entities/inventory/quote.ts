import { z } from 'zod';
import { clampToStorable, decimal, formatPrice, roundDown, roundUp, smallestStep } from '../../core/money.ts';
import { assetIdSchema, priceSchema, timestampSchema } from '../fields.ts';
import type { Asset } from './asset.ts';

/** The kinds of price feeds; `docs/operating/settings.md` says how to choose. */
export const priceFeedSchema = z.enum(['simulated', 'replay', 'exchange', 'manual']);

/** The source of a quote: a price feed of this process, or `stored` for a price read from the store. */
export const quoteSourceSchema = z.enum([...priceFeedSchema.options, 'stored']);
export type QuoteSource = z.infer<typeof quoteSourceSchema>;

/** The bid, ask and mid of an asset at one moment, in USD per unit. */
export const quoteSchema = z.object({
  asset_id: assetIdSchema,
  /** The price that a seller gets. */
  bid: priceSchema,
  /** The price that a buyer pays. */
  ask: priceSchema,
  mid: priceSchema,
  at: timestampSchema,
  source: quoteSourceSchema,
  /** Grows with every quote of the asset, also across restarts and when the clock is set back. */
  seq: z.int().min(0),
  /** True while a jump of the price is unconfirmed: orders are not executed at this quote. */
  suspended: z.literal(true).exactOptional(),
});
export type Quote = z.infer<typeof quoteSchema>;

/** Basis points in the whole, twice: half of a spread lies on each side of the mid. */
const BASIS_POINTS_TWICE = '20000';

/**
 * Makes a quote around a mid price: half of the asset's spread on each side, rounded in favour of the house to the
 * asset's price scale. Without a spread all three prices are the same.
 * @param mid USD per unit
 */
export function quoteAround(
  asset: Pick<Asset, 'asset_id' | 'spread_bps' | 'price_scale'>,
  { mid, ...rest }: Pick<Quote, 'mid' | 'at' | 'source' | 'seq' | 'suspended'>,
): Quote {
  const { asset_id, spread_bps, price_scale } = asset;
  if (spread_bps === 0) return { asset_id, bid: mid, ask: mid, mid, ...rest };
  const half = decimal(mid).times(String(spread_bps)).div(BASIS_POINTS_TWICE);
  const lowest = smallestStep(price_scale);
  const bid = roundDown(decimal(mid).minus(half), price_scale);
  return {
    asset_id,
    // The bid is at least the smallest price, and the ask at most the largest.
    bid: formatPrice(bid.lt(lowest) ? lowest : bid),
    ask: formatPrice(clampToStorable(roundUp(decimal(mid).plus(half), price_scale), price_scale)),
    mid,
    ...rest,
  };
}

/** Returns the `seq` of an asset's stored price: at least its time in milliseconds, as earlier versions stored no `seq`. */
export function storedSeqOf({
  quote_seq,
  last_price_update,
}: Pick<Asset, 'quote_seq' | 'last_price_update'>): number {
  return Math.max(quote_seq ?? 0, Date.parse(last_price_update));
}

/** Returns the quote of an asset's stored price; it is as old as that price. */
export function storedQuoteOf(asset: Asset): Quote {
  const { current_price: mid, last_price_update: at, price_suspended: suspended } = asset;
  return quoteAround(asset, {
    mid,
    at,
    source: 'stored',
    seq: storedSeqOf(asset),
    ...(suspended && { suspended: true }),
  });
}
