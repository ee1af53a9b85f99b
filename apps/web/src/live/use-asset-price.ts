import type { Price } from '@cnop/common/core/brands';
import { decimal, decimalOfFloat, formatDecimal } from '@cnop/common/core/money';
import type { MarketAsset } from '../api/market.ts';
import type { Figure } from '../format/numbers.ts';
import { percentChange } from '../format/numbers.ts';
import { useLivePrice } from './price-store.ts';

export interface AssetPrice {
  /** USD per unit, between bid and ask. */
  readonly mid: Price;
  readonly bid: Price;
  readonly ask: Price;
  /** Change since a day ago; `undefined` if that price is unknown. */
  readonly change: string | undefined;
  readonly changePercent: Figure;
}

type PricedAsset = Pick<
  MarketAsset,
  'asset_id' | 'current_price' | 'price_scale' | 'price_change_24h' | 'price_change_percentage_24h'
>;

/** Returns the current price with the change of the day, which moves with every tick. */
export function useAssetPrice(asset: PricedAsset): AssetPrice {
  return priceOfAsset(asset, useLivePrice(asset.asset_id));
}

/** Combines an asset of the list with the last quote of the stream, if there is one. */
export function priceOfAsset(
  asset: PricedAsset,
  live: Pick<AssetPrice, 'mid' | 'bid' | 'ask'> | undefined,
): AssetPrice {
  const { current_price, price_change_24h, price_change_percentage_24h } = asset;
  const mid = live?.mid ?? current_price;
  const prices = { mid, bid: live?.bid ?? mid, ask: live?.ask ?? mid };
  if (price_change_24h === null) {
    return { ...prices, change: undefined, changePercent: price_change_percentage_24h };
  }
  // The list and the stream are of different moments, with the same reference price.
  const reference = decimal(current_price).minus(decimalOfFloat(price_change_24h, asset.price_scale));
  return {
    ...prices,
    change: formatDecimal(decimal(mid).minus(reference)),
    changePercent: percentChange(mid, reference),
  };
}
