import { decimalOfFloat, formatDecimal } from '@cnop/common/core/money';
import type { Asset } from '@cnop/common/entities/inventory/asset';

const BASIS_POINTS = 10_000;
const DAY_SECONDS = 86_400;
/** How long a stablecoin takes to make good half of what it is away from its peg. */
const PEG_HALF_LIFE_SECONDS = 3_600;
/** A stablecoin this near to a dollar is one of the dollar; others hold on to the price they start from. */
const DOLLAR_PEG_RANGE = { from: 0.9, to: 1.1 };
/** A step below the 15 digits that are storable, so that a spread on top of it is storable too. */
const MAX_PRICE = 1e14;

/** What a walk needs to know of its asset. */
export type WalkedAsset = Pick<Asset, 'asset_id' | 'category' | 'daily_volatility_bps' | 'price_scale'>;

/**
 * A price on its random way. Floating point will do: nobody owes it to anybody, and it becomes money only as the decimal
 * that is published. It keeps more digits than that decimal, else small steps would be rounded away for ever.
 */
export interface Walk {
  readonly price: number;
  /** What the price is drawn back to; nothing draws most assets. */
  readonly peg: number | undefined;
}

export function startWalk(asset: WalkedAsset, price: string): Walk {
  const start = Number(price);
  return { price: start, peg: pegOf(asset, start) };
}

/**
 * The walk some time later: a geometric random walk, drawn back to its peg when it has one.
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

/** The price of a walk as it is published: a decimal of the asset's scale, above zero. */
export function publishedPrice(price: number, priceScale: number): string {
  return formatDecimal(decimalOfFloat(withinLimits(price, priceScale), priceScale));
}

/** One standard deviation of the logarithm of the price over a time. */
export function deviationOver({ daily_volatility_bps }: WalkedAsset, seconds: number): number {
  return (daily_volatility_bps / BASIS_POINTS) * Math.sqrt(seconds / DAY_SECONDS);
}

/** The part of the way back to its peg that a price goes in a time. */
export function pegPull(seconds: number): number {
  return 1 - 2 ** (-seconds / PEG_HALF_LIFE_SECONDS);
}

export function pegOf({ category }: WalkedAsset, price: number): number | undefined {
  if (category !== 'stablecoin') return undefined;
  return price >= DOLLAR_PEG_RANGE.from && price <= DOLLAR_PEG_RANGE.to ? 1 : price;
}

function withinLimits(price: number, priceScale: number): number {
  return Math.min(MAX_PRICE, Math.max(10 ** -priceScale, price));
}
