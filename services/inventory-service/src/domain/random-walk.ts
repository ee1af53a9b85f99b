import type { Price } from '@cnop/common/core/brands';
import { decimalOfFloat, formatPrice } from '@cnop/common/core/money';
import type { Asset } from '@cnop/common/entities/inventory/asset';

const BASIS_POINTS = 10_000;
const DAY_SECONDS = 86_400;
/** The time in which a stablecoin halves its distance from its peg. */
const PEG_HALF_LIFE_SECONDS = 3_600;
/** A stablecoin that starts in this range is pegged to the dollar; others are pegged to their starting price. */
const DOLLAR_PEG_RANGE = { from: 0.9, to: 1.1 };
/** One digit below the 15 that are storable, so that a price with its spread is storable too. */
const MAX_PRICE = 1e14;

/** The fields of an asset that a walk depends on. */
export type WalkedAsset = Pick<Asset, 'asset_id' | 'category' | 'daily_volatility_bps' | 'price_scale'>;

/**
 * The state of a random walk. It is a float: it becomes money only as the published decimal. It keeps more digits than
 * that decimal, so that small steps add up.
 */
export interface Walk {
  readonly price: number;
  /** The price that a stablecoin is drawn back to. */
  readonly peg: number | undefined;
}

/** Starts a walk at a price. */
export function startWalk(asset: WalkedAsset, price: Price): Walk {
  const start = Number(price);
  return { price: start, peg: pegOf(asset, start) };
}

/**
 * Advances a geometric random walk, which is drawn back to its peg if it has one.
 * @param normal a draw from the standard normal distribution
 */
export function stepWalk(
  walk: Walk,
  asset: WalkedAsset,
  { seconds, normal }: { readonly seconds: number; readonly normal: number },
): Walk {
  const deviation = deviationOver(asset, seconds);
  const pull = walk.peg === undefined ? 0 : pegPull(seconds) * Math.log(walk.peg / walk.price);
  const price = walk.price * Math.exp(pull + deviation * normal - deviation ** 2 / 2);
  return { ...walk, price: withinLimits(price, asset.price_scale) };
}

/** Rounds the price of a walk to a decimal of the asset's scale, above zero. */
export function publishedPrice(price: number, priceScale: number): Price {
  return formatPrice(decimalOfFloat(withinLimits(price, priceScale), priceScale));
}

/** Returns the standard deviation of the logarithm of the price over a time. */
export function deviationOver({ daily_volatility_bps }: WalkedAsset, seconds: number): number {
  return (daily_volatility_bps / BASIS_POINTS) * Math.sqrt(seconds / DAY_SECONDS);
}

/** Returns the share of its distance from the peg by which a price comes back in a time. */
export function pegPull(seconds: number): number {
  return 1 - 2 ** (-seconds / PEG_HALF_LIFE_SECONDS);
}

/** Returns the peg of a stablecoin that starts at a price; `undefined` for other assets. */
export function pegOf({ category }: WalkedAsset, price: number): number | undefined {
  if (category !== 'stablecoin') return undefined;
  return price >= DOLLAR_PEG_RANGE.from && price <= DOLLAR_PEG_RANGE.to ? 1 : price;
}

function withinLimits(price: number, priceScale: number): number {
  return Math.min(MAX_PRICE, Math.max(10 ** -priceScale, price));
}
