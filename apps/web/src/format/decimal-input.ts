import { decimal, MAX_INTEGER_DIGITS } from '@cnop/common/core/money';

/** The result of reading a typed amount. */
export type DecimalInput =
  | { readonly kind: 'empty' }
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'bad'; readonly message: string };

/** Digits with at most one point, including `.5` and `5.`. */
const PLAIN = /^(?:\d+\.?\d*|\.\d+)$/;
/** Thousands grouped by one separator; no leading zero. */
const GROUPED = /^[1-9]\d{0,2}([,'’ ])\d{3}(?:\1\d{3})*(?:\.\d*)?$/;
/** A comma that cannot group thousands and so marks the decimals. */
const DECIMAL_COMMA = /^(?:\d+,\d{0,2}|,\d{1,2}|0?,\d{4,}|[1-9]\d{0,2}(?:(['’ ])\d{3})(?:\1\d{3})*,\d{0,2})$/;
/** Ambiguous input: the comma may group or mark decimals, or the points may group. */
const UNCLEAR = /^(?:0*,\d{3}|\d+,\d{4,}|\d{1,3}(?:\.\d{3})+,\d*)$/;
/** The spaces that keyboards and pasted texts use between groups. */
const SPACES = /[\u00A0\u2009\u202F]/g;

/**
 * Reads the separators of a typed number. Ambiguous input is refused with a suggestion.
 *
 * - `1,000`, `1 000`, `1'000`, `25,000.5`: a comma before exactly three digits groups, as a space or an apostrophe
 *   does.
 * - `12,5`, `0,0001`, `1 000,50`: a comma that cannot group marks the decimals.
 * - `0,125`, `1,2345`, `1.000,50`: refused. A point always marks the decimals.
 *
 * @returns a plain decimal without leading zeros
 * @see docs/adr/0038-typed-amounts-are-never-guessed.md
 */
export function readSeparators(typed: string): Exclude<DecimalInput, { kind: 'empty' }> {
  const text = typed.trim().replace(SPACES, ' ');
  if (PLAIN.test(text)) return plain(text);
  if (GROUPED.test(text)) return plain(text.replace(/[,'’ ]/g, ''));
  if (DECIMAL_COMMA.test(text)) return plain(text.replace(/['’ ]/g, '').replace(',', '.'));
  if (UNCLEAR.test(text)) {
    const meant = text.replace(/\./g, '').replace(',', '.').replace(/^\./, '0.');
    return bad(`Use a point for decimals, such as ${meant}.`);
  }
  const isGroupedBadly = /^\d[\d.,'’ ]*$/.test(text);
  return bad(
    isGroupedBadly ? 'Group digits by threes, such as 1,000, or not at all.' : 'Enter a number such as 12.5.',
  );
}

/**
 * Reads a typed amount, for every amount field of the app.
 * @param scale most fraction digits
 * @returns a plain decimal above zero as the API takes it
 */
export function readDecimal(typed: string, scale: number): DecimalInput {
  const trimmed = typed.trim();
  if (trimmed === '') return { kind: 'empty' };
  if (/^[-−]/.test(trimmed)) return bad('Enter a number above 0.');
  const reading = readSeparators(trimmed);
  if (reading.kind === 'bad') return reading;
  const [integer = '', fraction = ''] = reading.text.split('.');
  if (integer.length > MAX_INTEGER_DIGITS) return bad('Too large.');
  const value = decimal(reading.text);
  if (value.eq('0')) return bad('Enter a number above 0.');
  if (!value.fits(scale)) {
    return bad(scale === 0 ? 'Enter a whole number.' : `Use at most ${scale} digits after the point.`);
  }
  // Trailing zeros are dropped: there may be more than the API takes.
  const digits = fraction.slice(0, value.fractionDigits());
  return { kind: 'value', text: digits === '' ? integer : `${integer}.${digits}` };
}

function plain(text: string): Exclude<DecimalInput, { kind: 'empty' }> {
  const [whole = '', fraction = ''] = text.split('.');
  const integer = whole.replace(/^0+(?=\d)/, '') || '0';
  return { kind: 'value', text: fraction === '' ? integer : `${integer}.${fraction}` };
}

function bad(message: string): { readonly kind: 'bad'; readonly message: string } {
  return { kind: 'bad', message };
}
