import {
  clampToStorable,
  decimal,
  formatDecimal,
  roundDown,
  roundUp,
  smallestStep,
} from '../../core/money.ts';
import type { Asset } from './asset.ts';
import type { Quote } from './quote.ts';

const BASIS_POINTS_TWICE = '20000';

/**
 * A quote around a mid price: half of the asset's spread on either side, each rounded for the house to the scale of the
 * asset's prices. Without a spread all three are the same.
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
    // A price that is as small as prices get cannot be undercut, and one that is as large cannot be exceeded.
    bid: formatDecimal(bid.lt(lowest) ? lowest : bid),
    ask: formatDecimal(clampToStorable(roundUp(decimal(mid).plus(half), price_scale), price_scale)),
    mid,
    ...rest,
  };
}

/** The `seq` of an asset's stored price: never less than its time, as earlier versions stored no `seq`. */
export function storedSeqOf({ quote_seq, last_price_update }: StoredPrice): number {
  return Math.max(quote_seq ?? 0, Date.parse(last_price_update));
}

/** Returns the quote that an asset's stored price stands for; it is as old as that price. */
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

type StoredPrice = Pick<Asset, 'quote_seq' | 'last_price_update'>;
