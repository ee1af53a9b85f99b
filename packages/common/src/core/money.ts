import { Decimal } from './decimal.ts';

export type { Decimal } from './decimal.ts';

/** USD, the only currency of the platform, has cents. */
export const CURRENCY_SCALE = 2;
const BASIS_POINT = '0.0001';
/** Fraction digits of a percentage. */
const PERCENTAGE_SCALE = 2;
/** Most fraction digits that any asset may have. */
export const MAX_SCALE = 18;
/** Most digits before the decimal point: what keeps every product readable and every amount storable. */
export const MAX_INTEGER_DIGITS = 15;

/** Most digits before the decimal point of a circulating supply: any market cap at any price has a supply. */
export const MAX_SUPPLY_INTEGER_DIGITS = MAX_INTEGER_DIGITS + MAX_SCALE;

/** A plain, unsigned decimal: no exponent, no sign, no leading zero, no bare point. */
export const UNSIGNED_DECIMAL_PATTERN = unsignedPattern(MAX_INTEGER_DIGITS);
/** The same for a circulating supply. */
export const SUPPLY_PATTERN = unsignedPattern(MAX_SUPPLY_INTEGER_DIGITS);
/** The same with an optional minus sign; a negative zero is not a number that we know. */
export const SIGNED_DECIMAL_PATTERN = new RegExp(
  `^(?!-0(?:\\.0+)?$)-?(?:0|[1-9]\\d{0,${MAX_INTEGER_DIGITS - 1}})(?:\\.\\d{1,${MAX_SCALE}})?$`,
);

/** More than any decimal that the patterns admit. */
const TOO_LARGE = Decimal.powerOfTen(MAX_INTEGER_DIGITS);

export const ZERO: Decimal = Decimal.parse('0');

/**
 * Reads a decimal string.
 * @throws TypeError when the text is not a decimal; input from outside is checked by its schema before
 */
export function decimal(text: string): Decimal {
  return Decimal.parse(text);
}

/** A debit or a fee: rounded up, so that nobody gains by splitting orders. */
export function roundUp(value: Decimal, scale: number): Decimal {
  return value.round(scale, 'up');
}

/** A credit: rounded down, for the same reason. */
export function roundDown(value: Decimal, scale: number): Decimal {
  return value.round(scale, 'down');
}

/** Basis points as the share that they are: 25 are 0.0025. */
export function shareOf(basisPoints: number): Decimal {
  return decimal(BASIS_POINT).times(String(basisPoints));
}

/**
 * The fee on a trade.
 * @param total USD
 */
export function feeOf(total: Decimal, basisPoints: number): Decimal {
  return basisPoints === 0 ? ZERO : roundUp(total.times(shareOf(basisPoints)), CURRENCY_SCALE);
}

/** An amount of USD as it is stored and sent: always two fraction digits. The value must already have no more. */
export function formatUsd(value: Decimal): string {
  if (!value.fits(CURRENCY_SCALE)) throw new RangeError('an amount of USD has more than two fraction digits');
  return value.toFixed(CURRENCY_SCALE);
}

/** A quantity or a price as it is stored and sent: shortest plain form, never an exponent. */
export function formatDecimal(value: Decimal): string {
  return value.toFixed();
}

/**
 * An amount as a JSON number, which clients expect of statistics and of a few other members that are only shown: it may
 * be off in the sixteenth digit. The only place where an amount becomes a number.
 */
export function displayNumber(amount: string): number {
  return Number(amount);
}

/**
 * The decimal nearest to a floating-point number: for prices that are made up, of which every digit is chance, and for
 * statistics that were read from an answer. An amount never was a number, so nothing else needs this.
 * @param value finite, at most 10^15
 */
export function decimalOfFloat(value: number, scale: number): Decimal {
  return Decimal.parse(value.toFixed(scale));
}

/** A whole number of parts of 10^-scale; `unitsAt` of a decimal is the way back. */
export function decimalOfUnits(units: bigint, scale: number): Decimal {
  return Decimal.ofUnits(units, scale);
}

/** The smallest amount of so many fraction digits: 0.01 of two. */
export function smallestStep(scale: number): Decimal {
  return Decimal.powerOfTen(-scale);
}

/** Whether a value is small enough to be stored and read back. */
export function isStorable(value: Decimal): boolean {
  return value.abs().lt(TOO_LARGE);
}

/**
 * Limits a figure that is only shown to what can be stored: beyond that it is the largest value of so many fraction
 * digits. An amount is refused instead (`isStorable`).
 * @param value has no more than `scale` fraction digits
 */
export function clampToStorable(value: Decimal, scale: number): Decimal {
  if (isStorable(value)) return value;
  const largest = TOO_LARGE.minus(smallestStep(scale));
  return value.lt(ZERO) ? largest.neg() : largest;
}

/**
 * A share of a whole as it is sent: a percentage with two fraction digits, rounded down and limited to what can be
 * stored; 0.00 of nothing.
 */
export function formatPercentageOf(part: Decimal, whole: Decimal): string {
  const percentage = whole.eq('0') ? ZERO : part.times('100').div(whole);
  const rounded = roundDown(percentage, PERCENTAGE_SCALE);
  return clampToStorable(rounded, PERCENTAGE_SCALE).toFixed(PERCENTAGE_SCALE);
}

function unsignedPattern(maxIntegerDigits: number): RegExp {
  return new RegExp(`^(?:0|[1-9]\\d{0,${maxIntegerDigits - 1}})(?:\\.\\d{1,${MAX_SCALE}})?$`);
}
