/** What arithmetic takes for its other side: a decimal, or the text of one. */
export type Operand = Decimal | string;

/** Where a value goes that lies between two steps: away from zero, towards it, or to the nearest (a half away from it). */
export type Rounding = 'up' | 'down' | 'nearest';

/** A plain decimal; an exponent, a bare point and spaces are not. */
const DECIMAL_PATTERN = /^-?\d+(?:\.\d+)?$/;
/** Fraction digits of a quotient. */
const QUOTIENT_SCALE = 20;
/** Powers of ten that are kept; two amounts of most digits multiplied need no higher one. */
const KEPT_POWERS = 64;
const POWERS_OF_TEN: readonly bigint[] = Array.from(
  { length: KEPT_POWERS },
  (_, power) => 10n ** BigInt(power),
);

/**
 * An exact decimal: a whole number of its smallest parts, `units * 10^-scale`. Sums, differences and products have all
 * their digits; only a quotient and `round` lose some. It takes no JavaScript number, so that no float can slip in.
 */
export class Decimal {
  private readonly units: bigint;
  private readonly scale: number;

  private constructor(units: bigint, scale: number) {
    this.units = units;
    this.scale = scale;
  }

  /** @throws TypeError when it is not the text of a plain decimal; input from outside is checked by its schema before */
  static parse(text: string): Decimal {
    if (typeof text !== 'string' || !DECIMAL_PATTERN.test(text))
      throw new TypeError(`not a decimal: ${text}`);
    const point = text.indexOf('.');
    if (point === -1) return new Decimal(BigInt(text), 0);
    return new Decimal(BigInt(text.slice(0, point) + text.slice(point + 1)), text.length - point - 1);
  }

  static ofUnits(units: bigint, scale: number): Decimal {
    return new Decimal(units, scale);
  }

  static powerOfTen(exponent: number): Decimal {
    return exponent < 0 ? new Decimal(1n, -exponent) : new Decimal(powerOfTen(exponent), 0);
  }

  plus(other: Operand): Decimal {
    const addend = valueOf(other);
    const scale = Math.max(this.scale, addend.scale);
    return new Decimal(this.unitsAt(scale) + addend.unitsAt(scale), scale);
  }

  minus(other: Operand): Decimal {
    const subtrahend = valueOf(other);
    const scale = Math.max(this.scale, subtrahend.scale);
    return new Decimal(this.unitsAt(scale) - subtrahend.unitsAt(scale), scale);
  }

  times(other: Operand): Decimal {
    const factor = valueOf(other);
    return new Decimal(this.units * factor.units, this.scale + factor.scale);
  }

  /**
   * The quotient with twenty fraction digits, to the nearest.
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

  abs(): Decimal {
    return this.units < 0n ? this.neg() : this;
  }

  neg(): Decimal {
    return new Decimal(-this.units, this.scale);
  }

  /** @param scale fraction digits that are left */
  round(scale: number, rounding: Rounding = 'nearest'): Decimal {
    if (this.scale <= scale) return this;
    return new Decimal(divide(this.units, powerOfTen(this.scale - scale), rounding), scale);
  }

  /** -1, 0 or 1 when it is less than the other, the same, or more. */
  cmp(other: Operand): -1 | 0 | 1 {
    const compared = valueOf(other);
    const scale = Math.max(this.scale, compared.scale);
    const [one, two] = [this.unitsAt(scale), compared.unitsAt(scale)];
    if (one === two) return 0;
    return one < two ? -1 : 1;
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

  /** Whether that many fraction digits show all of it. */
  fits(scale: number): boolean {
    return this.scale <= scale || this.units % powerOfTen(this.scale - scale) === 0n;
  }

  /** Count of fraction digits that the value really needs: 0 for 1.00. */
  fractionDigits(): number {
    let needed = this.scale;
    while (needed > 0 && this.fits(needed - 1)) needed -= 1;
    return needed;
  }

  /** With so many fraction digits, to the nearest; without a scale, with those that it needs. Never an exponent. */
  toFixed(scale?: number): string {
    if (scale === undefined) return withoutTrailingZeros(textOf(this.units, this.scale));
    return textOf(this.round(scale).unitsAt(scale), scale);
  }

  /**
   * The value counted in parts of 10^-scale.
   * @throws RangeError when it is written with more fraction digits than that
   */
  unitsAt(scale: number): bigint {
    if (scale < this.scale) throw new RangeError(`more than ${scale} fraction digits`);
    return scale === this.scale ? this.units : this.units * powerOfTen(scale - this.scale);
  }
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

const ZERO_CODE = 48;
const POINT_CODE = 46;

function withoutTrailingZeros(text: string): string {
  if (!text.includes('.')) return text;
  let end = text.length;
  while (text.charCodeAt(end - 1) === ZERO_CODE) end -= 1;
  if (text.charCodeAt(end - 1) === POINT_CODE) end -= 1;
  return text.slice(0, end);
}
