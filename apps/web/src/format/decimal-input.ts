import { decimal, MAX_INTEGER_DIGITS } from '@cnop/common/core/money';

/** What was typed into a field for a decimal. */
export type DecimalInput =
  | { readonly kind: 'empty' }
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'bad'; readonly message: string };

/** Digits with one separator at most; `.5` and `5.` are what people type. */
const TYPED_PATTERN = /^(?:\d+[.,]?\d*|[.,]\d+)$/;

/**
 * Reads what was typed: a comma means what a point means, spaces around it nothing. The result is a plain decimal as the
 * API takes it.
 * @param scale most fraction digits
 */
export function readDecimal(typed: string, scale: number): DecimalInput {
  const trimmed = typed.trim();
  if (trimmed === '') return { kind: 'empty' };
  if (trimmed.startsWith('-')) return bad('This must be more than 0.');
  if (!TYPED_PATTERN.test(trimmed)) return bad('Write a number such as 12.5.');
  const [whole = '', fraction = ''] = trimmed.replace(',', '.').split('.');
  const integer = whole.replace(/^0+(?=\d)/, '') || '0';
  if (integer.length > MAX_INTEGER_DIGITS) return bad('This is too large.');
  const text = fraction === '' ? integer : `${integer}.${fraction}`;
  const value = decimal(text);
  if (value.eq('0')) return bad('This must be more than 0.');
  if (!value.fits(scale)) {
    return bad(scale === 0 ? 'Whole numbers only.' : `At most ${scale} digits after the point.`);
  }
  // Zeros behind the last digit say nothing, and there may be more of them than the API takes.
  const digits = fraction.slice(0, value.fractionDigits());
  return { kind: 'value', text: digits === '' ? integer : `${integer}.${digits}` };
}

function bad(message: string): DecimalInput {
  return { kind: 'bad', message };
}
