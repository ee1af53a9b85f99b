import { z } from 'zod';
import { isoTime } from '../core/brands.ts';
import {
  CURRENCY_SCALE,
  decimal,
  MAX_INTEGER_DIGITS,
  MAX_SCALE,
  MAX_SUPPLY_INTEGER_DIGITS,
  SIGNED_DECIMAL_PATTERN,
  SUPPLY_PATTERN,
  UNSIGNED_DECIMAL_PATTERN,
} from '../core/money.ts';

const MAX_DESCRIPTION_LENGTH = 500;
/** An integer of at most 15 digits, which a JavaScript number holds exactly; no negative zero, which stores refuse. */
const INTEGER_PATTERN = /^(?:0|-?[1-9]\d{0,14})$/;

/** Text without control characters and lone surrogates. */
export const PRINTABLE_PATTERN = /^[^\p{Cc}\p{Cs}]*$/u;

/** A username: 3-50 letters, digits and underscores, beginning and ending with a letter or digit; in lower case. */
export const usernameSchema = z
  .string()
  .min(3)
  .max(50)
  .regex(
    /^[A-Za-z0-9](?:\w*[A-Za-z0-9])?$/,
    'Use letters, digits and underscores; begin and end with a letter or digit.',
  )
  .toLowerCase()
  .brand<'Username'>();

/** An asset id: 1-10 letters and digits; in upper case. */
export const assetIdSchema = z
  .string()
  .min(1)
  .max(10)
  .regex(/^[A-Za-z0-9]+$/, 'Use letters and digits.')
  .toUpperCase()
  .brand<'AssetId'>();

/** An id of any entity: 1-100 letters, digits, underscores and hyphens. */
export const idSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[\w-]+$/, 'Use letters, digits, underscores and hyphens.');

export const orderIdSchema = idSchema.brand<'OrderId'>();
/** The id of a ledger entry or of a trade. */
export const transactionIdSchema = idSchema.brand<'TransactionId'>();
export const sessionIdSchema = idSchema.brand<'SessionId'>();
/** The id of an event of a user, or of an audit event. */
export const eventIdSchema = idSchema.brand<'EventId'>();
export const proposalIdSchema = idSchema.brand<'ProposalId'>();
export const paymentIdSchema = idSchema.brand<'PaymentId'>();
export const recurringBuyIdSchema = idSchema.brand<'RecurringBuyId'>();
export const airdropIdSchema = idSchema.brand<'AirdropId'>();

/**
 * Schemas of ids in a path or a query. They accept every text of an id's form, so that an id which no entity can have is
 * answered with 404.
 */
export const assetIdParameterSchema = idSchema.max(10).toUpperCase().brand<'AssetId'>();
export const usernameParameterSchema = idSchema.max(50).toLowerCase().brand<'Username'>();

/** A note of at most 500 characters. */
export const descriptionSchema = z
  .string()
  .max(MAX_DESCRIPTION_LENGTH)
  .regex(PRINTABLE_PATTERN, 'Control characters are not allowed.');

/** 100 percent. */
export const MAX_BASIS_POINTS = 10_000;
/** Hundredths of a percent. */
export const basisPointsSchema = z.int().min(0).max(MAX_BASIS_POINTS);

/** A client's own name for an order: 1-64 letters, digits and `_ . : -`. */
export const clientOrderIdSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\w.:-]+$/, 'Use letters, digits and _ . : -')
  .brand<'ClientOrderId'>();

/** A time in a request: RFC 3339 with any offset, transformed to UTC with milliseconds. */
export const rfc3339InputSchema = z.iso
  .datetime({ offset: true, error: 'Give a time such as 2026-01-31T12:00:00Z.', abort: true })
  .transform((text) => isoTime(new Date(text)));

/** A stored or sent time: RFC 3339 in UTC with milliseconds. */
export const timestampSchema = z.iso.datetime({ precision: 3 }).brand<'IsoTime'>();

/** A stored decimal that is zero or more. */
export const nonNegativeDecimalSchema = z.string().regex(UNSIGNED_DECIMAL_PATTERN, 'This is not a decimal.');

/** A stored decimal that is more than zero. */
export const positiveDecimalSchema = z
  .string()
  .regex(UNSIGNED_DECIMAL_PATTERN, { error: 'This is not a decimal.', abort: true })
  .refine((text) => decimal(text).gt('0'), 'This must be more than 0.');

/** A stored circulating supply, in units of the asset: it may have more digits than a traded quantity. */
export const supplySchema = z.string().regex(SUPPLY_PATTERN, 'This is not a decimal.').brand<'Quantity'>();

/** A stored decimal of either sign. */
export const signedDecimalSchema = z.string().regex(SIGNED_DECIMAL_PATTERN, 'This is not a decimal.');

/** A stored amount in USD from zero, above zero, and of either sign. */
export const usdSchema = nonNegativeDecimalSchema.brand<'Usd'>();
export const positiveUsdSchema = positiveDecimalSchema.brand<'Usd'>();
export const signedUsdSchema = signedDecimalSchema.brand<'Usd'>();

/** A stored amount in the currency of a wallet: from zero, and above zero. */
export const amountSchema = nonNegativeDecimalSchema.brand<'Amount'>();
export const positiveAmountSchema = positiveDecimalSchema.brand<'Amount'>();

/** A stored number of units above zero, and from zero. */
export const quantitySchema = positiveDecimalSchema.brand<'Quantity'>();
export const nonNegativeQuantitySchema = nonNegativeDecimalSchema.brand<'Quantity'>();

/** A stored price in USD per unit. */
export const priceSchema = positiveDecimalSchema.brand<'Price'>();
/** An average price, from zero: units may have cost nothing. */
export const nonNegativePriceSchema = nonNegativeDecimalSchema.brand<'Price'>();

/**
 * A number of a JSON body, kept as its text: a JavaScript number would change digits of an amount. Request bodies are
 * parsed into these, and each schema converts them.
 */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): never {
    throw new TypeError('a JsonNumber must be read by a schema before it is sent on');
  }
}

const jsonNumberSchema = z
  .custom<JsonNumber>((input) => input instanceof JsonNumber)
  .meta({ type: 'number' });

/** The rules of a decimal in a request. */
export interface DecimalInputRules {
  /** The most fraction digits. More are refused, never rounded. */
  readonly scale?: number;
  /** The largest accepted value. */
  readonly max?: string;
  /** `positive` (the default) refuses zero; `signed` allows a minus sign but not zero. */
  readonly sign?: 'positive' | 'non-negative' | 'signed';
  /** A word accepted in place of a number, such as `max`. */
  readonly word?: string;
  /** True for a circulating supply, which may have more digits before the point. */
  readonly isSupply?: boolean;
}

/**
 * Returns the schema of a decimal in a request: a string or a JSON number, read exactly and transformed to text.
 * It refuses exponents, negative zero, leading zeros and signs other than a minus.
 */
export function decimalInput({
  scale = MAX_SCALE,
  max,
  sign = 'positive',
  word,
  isSupply = false,
}: DecimalInputRules = {}) {
  const unsigned = isSupply ? SUPPLY_PATTERN : UNSIGNED_DECIMAL_PATTERN;
  const pattern = sign === 'signed' ? SIGNED_DECIMAL_PATTERN : unsigned;
  const integerDigits = isSupply ? MAX_SUPPLY_INTEGER_DIGITS : MAX_INTEGER_DIGITS;
  return z
    .union([z.string(), jsonNumberSchema], { error: 'Give a decimal, as a string or a number.' })
    .transform((input, context) => {
      const text = input instanceof JsonNumber ? input.text : input;
      if (text === word) return text;
      const refuse = (message: string, code: string) => {
        context.addIssue({ code: 'custom', message, params: { code }, input });
        return z.NEVER;
      };
      if (!pattern.test(text)) {
        const fault = lengthFaultOf(text, scale, integerDigits);
        return fault
          ? refuse(fault.message, fault.code)
          : refuse('Write a plain decimal such as 12.5.', 'invalid_decimal');
      }
      const value = decimal(text);
      if (sign !== 'non-negative' && value.eq('0')) return refuse('This must not be 0.', 'too_small');
      if (!value.fits(scale)) return refuse(tooPreciseMessage(scale), 'too_precise');
      if (max !== undefined && value.abs().gt(max)) return refuse(`At most ${max}.`, 'too_big');
      return text;
    });
}

/** Returns the message for a value with too many digits after the point. */
export function tooPreciseMessage(scale: number): string {
  return scale === 0 ? 'Whole numbers only.' : `At most ${scale} digits after the point.`;
}

/** Returns the fault of a well-formed decimal with too many digits; undefined for any other text. */
function lengthFaultOf(
  text: string,
  scale: number,
  integerDigits: number,
): { message: string; code: string } | undefined {
  const [, whole = '', fraction = ''] = /^-?(0|[1-9]\d*)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole.length > integerDigits) {
    return { message: `At most ${integerDigits} digits before the point.`, code: 'too_big' };
  }
  if (fraction.length > MAX_SCALE) return { message: tooPreciseMessage(scale), code: 'too_precise' };
  return undefined;
}

/** Returns the schema of an amount of USD in a request. */
export function usdInput(rules: Omit<DecimalInputRules, 'scale'> = {}) {
  return decimalInput({ ...rules, scale: CURRENCY_SCALE }).brand<'Usd'>();
}

/** Returns the schema of a price in a request, in USD per unit. */
export function priceInput() {
  return decimalInput().brand<'Price'>();
}

/** Returns the schema of a whole number in a JSON body. */
export function integerInput({ min, max }: { readonly min: number; readonly max: number }) {
  return jsonNumberSchema
    .refine((input) => INTEGER_PATTERN.test(input.text), {
      error: 'Give a whole number.',
      abort: true,
    })
    .transform((input) => Number(input.text))
    .pipe(z.int().min(min).max(max));
}
