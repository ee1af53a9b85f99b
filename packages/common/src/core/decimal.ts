/** The other operand of an arithmetic method: a decimal or its text. */
export type Operand = Decimal | string;

/** The direction of rounding: away from zero, towards zero, or to the nearest step with halves away from zero. */
export type Rounding = 'up' | 'down' | 'nearest';

/** A plain decimal: no exponent, no bare point, no spaces. */
const DECIMAL_PATTERN = /^-?\d+(?:\.\d+)?$/;
/** Fraction digits of a quotient. */
const QUOTIENT_SCALE = 20;
/** The number of cached powers of ten; the product of two amounts of the most digits needs no higher one. */
const CACHED_POWERS = 64;
const POWERS_OF_TEN: readonly bigint[] = Array.from(
  { length: CACHED_POWERS },
  (_, power) => 10n ** BigInt(power),
);

/**
 * An exact decimal, `units * 10^-scale`. Sums, differences and products keep all digits; only `div` and `round` lose some.
 * Accepts no JavaScript numbers, which would be floats.
 */
export class Decimal {
  private readonly units: bigint;
  private readonly scale: number;

  private constructor(units: bigint, scale: number) {
    this.units = units;
    this.scale = scale;
  }

  /**
   * Parses a plain decimal. Input from clients is validated by a schema first.
   * @throws TypeError when the text is not a plain decimal
   */
  static parse(text: string): Decimal {
    if (typeof text !== 'string' || !DECIMAL_PATTERN.test(text))
      throw new TypeError(`not a decimal: ${text}`);
    const point = text.indexOf('.');
    const scale = point === -1 ? 0 : text.length - point - 1;
    if (text.length <= MAX_SHORT_LENGTH) return new Decimal(unitsOfShort(text), scale);
    const digits = point === -1 ? text : text.slice(0, point) + text.slice(point + 1);
    return new Decimal(BigInt(digits), scale);
  }

  /** Returns `units * 10^-scale`. */
  static ofUnits(units: bigint, scale: number): Decimal {
    return new Decimal(units, scale);
  }

  /** Returns `10^exponent`. */
  static powerOfTen(exponent: number): Decimal {
    return exponent < 0 ? new Decimal(1n, -exponent) : new Decimal(powerOfTen(exponent), 0);
  }

  /** Returns the exact sum. */
  plus(other: Operand): Decimal {
    const addend = valueOf(other);
    const scale = Math.max(this.scale, addend.scale);
    return new Decimal(this.unitsAt(scale) + addend.unitsAt(scale), scale);
  }

  /** Returns the exact difference. */
  minus(other: Operand): Decimal {
    const subtrahend = valueOf(other);
    const scale = Math.max(this.scale, subtrahend.scale);
    return new Decimal(this.unitsAt(scale) - subtrahend.unitsAt(scale), scale);
  }

  /** Returns the exact product. */
  times(other: Operand): Decimal {
    const factor = valueOf(other);
    return new Decimal(this.units * factor.units, this.scale + factor.scale);
  }

  /**
   * Returns the quotient, rounded to the nearest with 20 fraction digits.
   * @throws RangeError when the divisor is zero
   */
  div(other: Operand): Decimal {
    const divisor = valueOf(other);
    const shift = QUOTIENT_SCALE + divisor.scale - this.scale;
    const quotient =
      shift >= 0
        ? divide(this.units * powerOfTen(shift), divisor.units, 'nearest')
        : divide(this.units, divisor.units * powerOfTen(-shift), 'nearest');
    return new Decimal(quotient, QUOTIENT_SCALE);
  }

  /** Returns the absolute value. */
  abs(): Decimal {
    return this.units < 0n ? this.neg() : this;
  }

  /** Returns the negative of the value. */
  neg(): Decimal {
    return new Decimal(-this.units, this.scale);
  }

  /**
   * Rounds the value.
   * @param scale fraction digits of the result
   */
  round(scale: number, rounding: Rounding = 'nearest'): Decimal {
    if (this.scale <= scale) return this;
    return new Decimal(divide(this.units, powerOfTen(this.scale - scale), rounding), scale);
  }

  /** Returns -1, 0 or 1: less than, equal to or greater than the other value. */
  cmp(other: Operand): -1 | 0 | 1 {
    const compared = valueOf(other);
    const scale = Math.max(this.scale, compared.scale);
    const [one, two] = [this.unitsAt(scale), compared.unitsAt(scale)];
    if (one === two) return 0;
    return one < two ? -1 : 1;
  }

  isZero(): boolean {
    return this.units === 0n;
  }

  eq(other: Operand): boolean {
    return this.cmp(other) === 0;
  }

  lt(other: Operand): boolean {
    return this.cmp(other) < 0;
  }

  lte(other: Operand): boolean {
    return this.cmp(other) <= 0;
  }

  gt(other: Operand): boolean {
    return this.cmp(other) > 0;
  }

  gte(other: Operand): boolean {
    return this.cmp(other) >= 0;
  }

  /** Returns whether `scale` fraction digits represent the value exactly. */
  fits(scale: number): boolean {
    return this.scale <= scale || this.units % powerOfTen(this.scale - scale) === 0n;
  }

  /** Returns the fraction digits that the value needs: 0 for 1.00. */
  fractionDigits(): number {
    let needed = this.scale;
    while (needed > 0 && this.fits(needed - 1)) needed -= 1;
    return needed;
  }

  /**
   * Formats the value without an exponent: rounded to the nearest with `scale` fraction digits, or by default with the
   * digits that it needs.
   */
  toFixed(scale?: number): string {
    if (scale === undefined) return withoutTrailingZeros(textOf(this.units, this.scale));
    return textOf(this.round(scale).unitsAt(scale), scale);
  }

  /**
   * Returns the value in units of 10^-scale.
   * @throws RangeError when the decimal has more fraction digits than that
   */
  unitsAt(scale: number): bigint {
    if (scale < this.scale) throw new RangeError(`more than ${scale} fraction digits`);
    return scale === this.scale ? this.units : this.units * powerOfTen(scale - this.scale);
  }
}

/** The digits of a text of this length make a safe integer. */
const MAX_SHORT_LENGTH = 15;
const ZERO_CODE = 48;
const POINT_CODE = 46;
const MINUS_CODE = 45;

/** Returns the digits of a short decimal as a whole number, in half the time that `BigInt` takes for a text. */
function unitsOfShort(text: string): bigint {
  const isNegative = text.charCodeAt(0) === MINUS_CODE;
  let units = 0;
  for (let i = isNegative ? 1 : 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code !== POINT_CODE) units = units * 10 + code - ZERO_CODE;
  }
  return BigInt(isNegative ? -units : units);
}

function valueOf(operand: Operand): Decimal {
  return operand instanceof Decimal ? operand : Decimal.parse(operand);
}

function powerOfTen(exponent: number): bigint {
  return POWERS_OF_TEN[exponent] ?? 10n ** BigInt(exponent);
}

/** @throws RangeError when the divisor is zero */
function divide(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  const towardsZero = dividend / divisor;
  const rest = dividend % divisor;
  if (rest === 0n || rounding === 'down') return towardsZero;
  if (rounding === 'nearest' && magnitude(rest) * 2n < magnitude(divisor)) return towardsZero;
  return dividend < 0n === divisor < 0n ? towardsZero + 1n : towardsZero - 1n;
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function textOf(units: bigint, scale: number): string {
  if (scale === 0) return String(units);
  const digits = String(magnitude(units)).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${units < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function withoutTrailingZeros(text: string): string {
  if (!text.includes('.')) return text;
  let end = text.length;
  while (text.charCodeAt(end - 1) === ZERO_CODE) end -= 1;
  if (text.charCodeAt(end - 1) === POINT_CODE) end -= 1;
  return text.slice(0, end);
}
