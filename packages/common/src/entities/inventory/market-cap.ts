import { CURRENCY_SCALE, clampToStorable, decimal, formatDecimal, MAX_SCALE } from '../../core/money.ts';

/**
 * Computes the market cap of a supply at a price, to the nearest cent and limited to what a statistic may be.
 * @param supply units
 * @param price USD per unit
 * @returns USD
 */
export function marketCapOf(supply: string, price: string): string {
  const cap = decimal(supply).times(price).round(CURRENCY_SCALE);
  return formatDecimal(clampToStorable(cap, CURRENCY_SCALE));
}

/**
 * Computes the supply that has a market cap at a price: `marketCapOf` gives back that market cap to the cent.
 * @param marketCap USD
 * @param price USD per unit, above zero
 * @returns units
 */
export function supplyOfMarketCap(marketCap: string, price: string): string {
  return formatDecimal(decimal(marketCap).div(price).round(MAX_SCALE));
}
