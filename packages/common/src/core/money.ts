import type { Price, Quantity, Usd } from './brands.ts';
import { knownPrice, knownQuantity, knownUsd } from './brands.ts';
import { Decimal } from './decimal.ts';

export type { Decimal } from './decimal.ts';

/** Fraction digits of USD, in which assets and exchange rates are priced. */
export const CURRENCY_SCALE = 2;
/** Fraction digits of a percentage. */
const PERCENTAGE_SCALE = 2;
/** The most fraction digits of any quantity or price. */
export const MAX_SCALE = 18;
/** The most digits before the decimal point of any amount. */
export const MAX_INTEGER_DIGITS = 15;

/** The most digits before the decimal point of a circulating supply: enough for any market cap at any price. */
export const MAX_SUPPLY_INTEGER_DIGITS = MAX_INTEGER_DIGITS + MAX_SCALE;

/** A plain unsigned decimal: no exponent, no sign, no leading zero, no bare point. */
export const UNSIGNED_DECIMAL_PATTERN = unsignedPattern(MAX_INTEGER_DIGITS);
/** A circulating supply: a plain unsigned decimal with more digits before the point. */
export const SUPPLY_PATTERN = unsignedPattern(MAX_SUPPLY_INTEGER_DIGITS);
/** A plain decimal with an optional minus sign; no negative zero. */
export const SIGNED_DECIMAL_PATTERN = new RegExp(
  `^(?!-0(?:\\.0+)?$)-?(?:0|[1-9]\\d{0,${MAX_INTEGER_DIGITS - 1}})(?:\\.\\d{1,${MAX_SCALE}})?$`,
);

/** Larger than every decimal that the patterns accept. */
const TOO_LARGE = Decimal.powerOfTen(MAX_INTEGER_DIGITS);

export const ZERO: Decimal = Decimal.parse('0');

/**
 * Parses a decimal. Input from clients is validated by a schema first.
 * @throws TypeError when the text is not a plain decimal
 */
export function decimal(text: string): Decimal {
  return Decimal.parse(text);
}

/** Rounds a debit or a fee: up, so that splitting an order gains nothing. */
export function roundUp(value: Decimal, scale: number): Decimal {
  return value.round(scale, 'up');
}

/** Rounds a credit: down, so that splitting an order gains nothing. */
export function roundDown(value: Decimal, scale: number): Decimal {
  return value.round(scale, 'down');
}

/**
 * Formats an amount of USD as it is stored and sent: with two fraction digits.
 * @throws RangeError when the value has more; amounts are rounded explicitly before
 */
export function formatUsd(value: Decimal): Usd {
  if (!value.fits(CURRENCY_SCALE)) throw new RangeError('an amount of USD has more than two fraction digits');
  return knownUsd(value.toFixed(CURRENCY_SCALE));
}

/**
 * Formats an amount with all fraction digits of its currency.
 * @throws RangeError when the value has more; amounts are rounded explicitly before
 */
export function formatMoney(value: Decimal, digits: number): string {
  if (!value.fits(digits)) throw new RangeError(`an amount has more than ${digits} fraction digits`);
  return value.toFixed(digits);
}

/** Formats a quantity as it is stored and sent: in its shortest plain form, without an exponent. */
export function formatQuantity(value: Decimal): Quantity {
  return knownQuantity(value.toFixed());
}

/** Formats a price as it is stored and sent: in its shortest plain form, without an exponent. */
export function formatPrice(value: Decimal): Price {
  return knownPrice(value.toFixed());
}

/** Formats any other decimal, such as a percentage, in its shortest plain form. */
export function formatDecimal(value: Decimal): string {
  return value.toFixed();
}

/**
 * Converts an amount to a JSON number, for statistics and other members that clients only display. It may differ in the
 * sixteenth digit. No other code converts an amount to a number.
 */
export function displayNumber(amount: string): number {
  return Number(amount);
}

/**
 * Converts a floating-point number to the nearest decimal: for simulated prices and for statistics read from an answer.
 * Amounts are never numbers.
 * @param value finite, at most 10^15
 */
export function decimalOfFloat(value: number, scale: number): Decimal {
  return Decimal.parse(value.toFixed(scale));
}

/** Returns `units * 10^-scale`. Inverse of `Decimal.unitsAt`. */
export function decimalOfUnits(units: bigint, scale: number): Decimal {
  return Decimal.ofUnits(units, scale);
}

/** Returns the smallest amount with `scale` fraction digits: 0.01 for two. */
export function smallestStep(scale: number): Decimal {
  return Decimal.powerOfTen(-scale);
}

/** Returns whether a value has few enough digits before the point to be stored. */
export function isStorable(value: Decimal): boolean {
  return value.abs().lt(TOO_LARGE);
}

/**
 * Limits a statistic to the largest value of `scale` fraction digits that can be stored. An amount of that size is refused
 * instead (`isStorable`).
 * @param value has at most `scale` fraction digits
 */
export function clampToStorable(value: Decimal, scale: number): Decimal {
  if (isStorable(value)) return value;
  const largest = TOO_LARGE.minus(smallestStep(scale));
  return value.lt(ZERO) ? largest.neg() : largest;
}

/**
 * Formats a part of a whole as a percentage with two fraction digits, rounded down and limited by `clampToStorable`.
 * Returns 0.00 when the whole is zero.
 */
export function formatPercentageOf(part: Decimal, whole: Decimal): string {
  const percentage = whole.eq('0') ? ZERO : part.times('100').div(whole);
  const rounded = roundDown(percentage, PERCENTAGE_SCALE);
  return clampToStorable(rounded, PERCENTAGE_SCALE).toFixed(PERCENTAGE_SCALE);
}

function unsignedPattern(maxIntegerDigits: number): RegExp {
  return new RegExp(`^(?:0|[1-9]\\d{0,${maxIntegerDigits - 1}})(?:\\.\\d{1,${MAX_SCALE}})?$`);
}
