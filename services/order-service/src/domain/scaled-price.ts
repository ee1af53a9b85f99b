import { decimal, decimalOfUnits, formatDecimal, MAX_SCALE } from '@cnop/common/core/money';

/** One, in parts of 10^-18: no price has smaller ones. */
export const SCALED_ONE = 10n ** BigInt(MAX_SCALE);

/**
 * A price as a whole number of its smallest parts, for where one quote is held against thousands of orders: read once, it
 * compares at no cost.
 * @param price a decimal as it is stored
 * @throws RangeError when it has more digits than a price may have
 */
export function scaledPrice(price: string): bigint {
  return decimal(price).unitsAt(MAX_SCALE);
}

/** The decimal of a whole number of smallest parts, of which so many digits are the fraction. */
export function unscaled(value: bigint, scale: number): string {
  return formatDecimal(decimalOfUnits(value, scale));
}
