import type { Decimal } from '@cnop/common/core/money';
import {
  CURRENCY_SCALE,
  decimal,
  decimalOfFloat,
  displayNumber,
  formatDecimal,
  roundDown,
} from '@cnop/common/core/money';
import type { Currency } from '@cnop/common/entities/currency';

/**
 * The only module that formats decimals. The API sends amounts as decimal strings, which `Intl.NumberFormat` formats
 * exactly; a `number` would lose digits after the fifteenth. Market statistics are numbers in the API, since they are
 * only shown.
 */
const LOCALE = 'en-US';
export const MISSING = '—';

/** The most fraction digits of a quantity. */
const MAX_SHOWN_FRACTION_DIGITS = 18;
const PERCENT_FRACTION_DIGITS = 2;

export type Sign = 'gain' | 'loss' | 'none';

type Text = string | null | undefined;
/** An amount or a market statistic. */
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

/** TypeScript types the argument as a numeric literal; every decimal string of the API is one. */
function format(figure: string | number, options: Intl.NumberFormatOptions): string {
  return formatter(options).format(figure as Intl.StringNumericLiteral);
}

export interface SignOption {
  /** Also shows `+`; values that round to zero have no sign. */
  readonly signed?: boolean;
}

export interface MoneyOptions extends SignOption {
  /** USD by default. */
  readonly currency?: Currency | undefined;
  /** Shows all digits of a part that is not rounded. */
  readonly isExact?: boolean;
}

/** Formats cash with all digits of its currency: `$1,234.50`, `¥1,235`, or signed `+$12.50`. */
export function formatMoney(text: Text, options: MoneyOptions = {}): string {
  const { signed = false, currency = 'USD', isExact = false } = options;
  if (text === null || text === undefined) return MISSING;
  return format(text, {
    style: 'currency',
    currency,
    ...(isExact && { maximumFractionDigits: MAX_SHOWN_FRACTION_DIGITS }),
    signDisplay: signed ? 'exceptZero' : 'negative',
  });
}

/** Formats USD per unit with exactly the price scale of the asset. */
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

/** Returns the number of fraction digits of a decimal. */
export function scaleOf(text: Text): number {
  return text?.split('.')[1]?.length ?? 0;
}

/** Formats a price with its own digits, if the price scale of the asset is not at hand. */
export function formatOwnPrice(text: Text): string {
  return formatPrice(text, scaleOf(text));
}

/** Formats a price without the currency, for axes. */
export function formatPlainPrice(text: Text, priceScale: number): string {
  if (text === null || text === undefined) return MISSING;
  const digits = Math.max(priceScale, CURRENCY_SCALE);
  return format(text, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Formats units of an asset with all their digits: 0.00000123 never becomes 0.00. */
export function formatQuantity(text: Text): string {
  if (text === null || text === undefined) return MISSING;
  return format(text, { maximumFractionDigits: MAX_SHOWN_FRACTION_DIGITS });
}

/** Formats a percentage of the API: `2.50` is `2.50%`. */
export function formatPercent(figure: Figure, { signed = false }: SignOption = {}): string {
  if (figure === null || figure === undefined) return MISSING;
  const shown = format(figure, {
    minimumFractionDigits: PERCENT_FRACTION_DIGITS,
    maximumFractionDigits: PERCENT_FRACTION_DIGITS,
    signDisplay: signed ? 'exceptZero' : 'negative',
  });
  return `${shown}%`;
}

/** Formats large amounts for comparison: `$4.08B`. */
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

/** Returns whether a change is a gain or a loss as shown: values that round to zero are neither. */
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

/** Returns the change of a price from a reference in percent with two digits; `undefined` without a reference. */
export function percentChange(price: string, reference: Decimal): string | undefined {
  if (!reference.gt('0')) return undefined;
  const percent = decimal(price).minus(reference).times('100').div(reference);
  return plainText(percent.round(PERCENT_FRACTION_DIGITS));
}

/** Rounds a decimal down to the digits that a field accepts, without trailing zeros. */
export function cutTo(value: Decimal, scale: number): string {
  return plainText(roundDown(value, scale));
}

/** Formats a decimal as the API takes it: without exponent and negative zero. */
export function plainText(value: Decimal): string {
  return value.eq('0') ? '0' : formatDecimal(value);
}

/** Converts a decimal to a chart coordinate. The loss of precision is below a pixel; nothing is computed from it. */
export function toChartNumber(text: string): number {
  return displayNumber(text);
}

/** Returns the smallest price step for the axis of a chart. */
export function chartStep(priceScale: number): number {
  return 1 / 10 ** priceScale;
}

/** Formats a chart coordinate as a decimal. */
export function fromChartNumber(value: number, priceScale: number): string {
  return formatter({ useGrouping: false, maximumFractionDigits: priceScale }).format(value);
}
