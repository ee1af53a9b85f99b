import type { Decimal } from '@cnop/common/core/money';
import {
  CURRENCY_SCALE,
  decimal,
  decimalOfFloat,
  displayNumber,
  formatDecimal,
  roundDown,
} from '@cnop/common/core/money';

/**
 * The one place that turns decimals into what people read. The API sends amounts as decimal strings, and
 * `Intl.NumberFormat` formats a string exactly however long it is, while a `number` would lose digits after the
 * fifteenth. Statistics of the market are numbers in the API, since they are only shown.
 */
const LOCALE = 'en-US';
export const MISSING = '—';

/** Digits that tell a small quantity from nothing. */
const MAX_SHOWN_FRACTION_DIGITS = 18;
const PERCENT_FRACTION_DIGITS = 2;

export type Sign = 'gain' | 'loss' | 'none';

type Text = string | null | undefined;
/** What the market says: an amount, or a statistic. */
export type Figure = Text | number;

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(LOCALE, options);
  formatters.set(key, made);
  return made;
}

/** TypeScript types the argument as a number literal; every decimal string of the API is one. */
function format(figure: string | number, options: Intl.NumberFormatOptions): string {
  return formatter(options).format(figure as Intl.StringNumericLiteral);
}

export interface SignOption {
  /** Shows `+` as well; what rounds to zero has no sign. */
  readonly signed?: boolean;
}

/** USD with cents: `$1,234.50`, or signed `+$12.50`. */
export function formatMoney(text: Text, { signed = false }: SignOption = {}): string {
  if (text === null || text === undefined) return MISSING;
  return format(text, {
    style: 'currency',
    currency: 'USD',
    signDisplay: signed ? 'exceptZero' : 'negative',
  });
}

/** USD per unit with exactly the digits that the asset's prices have. */
export function formatPrice(figure: Figure, priceScale: number, { signed = false }: SignOption = {}): string {
  if (figure === null || figure === undefined) return MISSING;
  const digits = Math.max(priceScale, CURRENCY_SCALE);
  return format(figure, {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: signed ? 'exceptZero' : 'negative',
  });
}

/** How many digits a decimal has behind its point. */
export function scaleOf(text: Text): number {
  return text?.split('.')[1]?.length ?? 0;
}

/** A price with exactly the digits that it was given with, where the asset's are not at hand. */
export function formatOwnPrice(text: Text): string {
  return formatPrice(text, scaleOf(text));
}

/** A price without the currency, for axes and narrow columns that name it elsewhere. */
export function formatPlainPrice(text: Text, priceScale: number): string {
  if (text === null || text === undefined) return MISSING;
  const digits = Math.max(priceScale, CURRENCY_SCALE);
  return format(text, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Units of an asset with every digit that they have: 0.00000123 never becomes 0.00. */
export function formatQuantity(text: Text): string {
  if (text === null || text === undefined) return MISSING;
  return format(text, { maximumFractionDigits: MAX_SHOWN_FRACTION_DIGITS });
}

/** A percentage of the API, which counts in percent: `2.50` is `2.50%`. */
export function formatPercent(figure: Figure, { signed = false }: SignOption = {}): string {
  if (figure === null || figure === undefined) return MISSING;
  const shown = format(figure, {
    minimumFractionDigits: PERCENT_FRACTION_DIGITS,
    maximumFractionDigits: PERCENT_FRACTION_DIGITS,
    signDisplay: signed ? 'exceptZero' : 'negative',
  });
  return `${shown}%`;
}

/** Large amounts that are only compared: `$4.08B`. */
export function formatCompactMoney(figure: Figure): string {
  if (figure === null || figure === undefined) return MISSING;
  return format(figure, {
    style: 'currency',
    currency: 'USD',
    notation: 'compact',
    maximumFractionDigits: 2,
  });
}

export function formatCount(count: number): string {
  return formatter({}).format(count);
}

/** Which colour a change has, judged by what is shown: what rounds to zero is neither gain nor loss. */
export function signOf(figure: Figure, fractionDigitsShown: number): Sign {
  if (figure === null || figure === undefined) return 'none';
  const value = typeof figure === 'number' ? decimalOfFloat(figure, fractionDigitsShown) : decimal(figure);
  const shown = value.abs().round(fractionDigitsShown);
  if (shown.eq('0')) return 'none';
  return value.gt('0') ? 'gain' : 'loss';
}

export function signOfPercent(figure: Figure): Sign {
  return signOf(figure, PERCENT_FRACTION_DIGITS);
}

/** How far a price has come since a reference, in percent with two digits; undefined without a reference. */
export function percentChange(price: string, reference: Decimal): string | undefined {
  if (!reference.gt('0')) return undefined;
  const percent = decimal(price).minus(reference).times('100').div(reference);
  return plainText(percent.round(PERCENT_FRACTION_DIGITS));
}

/** Cuts a decimal to the digits that a field accepts, without trailing zeros. */
export function cutTo(value: Decimal, scale: number): string {
  return plainText(roundDown(value, scale));
}

/** A decimal as the API takes it: never an exponent, never a negative zero. */
export function plainText(value: Decimal): string {
  return value.eq('0') ? '0' : formatDecimal(value);
}

/** Coordinates of charts are numbers, and off by less than a pixel. Nothing is computed from them. */
export function toChartNumber(text: string): number {
  return displayNumber(text);
}

/** The smallest step of a price, for the axis of a chart. */
export function chartStep(priceScale: number): number {
  return 1 / 10 ** priceScale;
}

/** A coordinate of a chart as the text it stands for. */
export function fromChartNumber(value: number, priceScale: number): string {
  return formatter({ useGrouping: false, maximumFractionDigits: priceScale }).format(value);
}
