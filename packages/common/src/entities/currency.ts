import { z } from 'zod';
import type { Amount, AssetId } from '../core/brands.ts';
import { knownAmount, knownAssetId } from '../core/brands.ts';
import type { Decimal } from '../core/money.ts';
import { decimal, formatMoney, UNSIGNED_DECIMAL_PATTERN } from '../core/money.ts';
import { decimalInput, priceSchema, timestampSchema } from './fields.ts';

/** The currency in which assets are priced. Every user has a balance in it, which takes no wallet. */
export const BASE_CURRENCY = 'USD';

/** A currency, by its code of ISO 4217. */
export const currencySchema = z.enum([BASE_CURRENCY, 'EUR', 'GBP', 'JPY', 'CHF', 'CNY']);
export type Currency = z.infer<typeof currencySchema>;

/** A currency that needs a wallet. */
export const walletCurrencySchema = currencySchema.exclude([BASE_CURRENCY]);
export type WalletCurrency = z.infer<typeof walletCurrencySchema>;

/** What the platform knows of a currency. */
interface CurrencyFacts {
  /** Fraction digits of its amounts, by ISO 4217. */
  readonly digits: number;
  /** The most that one deposit may credit. */
  readonly maxDeposit: string;
}

const CURRENCIES: Readonly<Record<Currency, CurrencyFacts>> = {
  USD: { digits: 2, maxDeposit: '1000000' },
  EUR: { digits: 2, maxDeposit: '1000000' },
  GBP: { digits: 2, maxDeposit: '1000000' },
  JPY: { digits: 0, maxDeposit: '100000000' },
  CHF: { digits: 2, maxDeposit: '1000000' },
  CNY: { digits: 2, maxDeposit: '5000000' },
};

/** Returns the fraction digits of amounts in a currency. */
export function digitsOf(currency: Currency): number {
  return CURRENCIES[currency].digits;
}

/** Returns the id under which the catalogue has the quotes of a currency in USD. */
export function currencyAssetId(currency: WalletCurrency): AssetId {
  return knownAssetId(currency);
}

/**
 * Formats an amount as it is stored and sent: with all digits of its currency.
 * @throws RangeError when the value has more; amounts are rounded explicitly before
 */
export function formatAmount(value: Decimal, currency: Currency): Amount {
  return knownAmount(formatMoney(value, digitsOf(currency)));
}

/** Formats an amount for people: `12.50 EUR`. */
export function shownAmount(value: Decimal, currency: Currency): string {
  return `${formatAmount(value, currency)} ${currency}`;
}

/** Returns the schema of an amount in a request whose currency is another member: check it with `amountRules`. */
export function amountInput() {
  return decimalInput().brand<'Amount'>();
}

/** An amount of a request, and its currency as far as the request says one. */
interface AmountOf {
  readonly amount?: unknown;
  readonly currency?: unknown;
}

/** Returns whether a body is an object, so that its members can be read. */
function isBody({ value }: { readonly value: unknown }): boolean {
  return typeof value === 'object' && value !== null;
}

/** Returns the facts about the currency of an amount. One that is refused for its own sake counts as USD. */
function factsOf(currency: unknown): CurrencyFacts {
  const known = currencySchema.safeParse(currency);
  return CURRENCIES[known.success ? known.data : BASE_CURRENCY];
}

/**
 * Returns the rules of an amount in a request whose currency is another member, as arguments of `refine`. They apply to a
 * body with other faults, too, so that all faults are named together.
 * @param read returns the amount and its currency from a body, which may be invalid
 */
export function amountRules<Body>(read: (body: Body) => AmountOf) {
  const test =
    (rule: (value: Decimal, facts: CurrencyFacts) => boolean) =>
    (body: Body): boolean => {
      const { amount, currency } = read(body);
      if (typeof amount !== 'string' || !UNSIGNED_DECIMAL_PATTERN.test(amount)) return true;
      return rule(decimal(amount), factsOf(currency));
    };
  return {
    fits: test((value, { digits }) => value.fits(digits)),
    fitsDeposit: test((value, { maxDeposit }) => value.lte(maxDeposit)),
    precision: {
      path: ['amount'],
      error: 'The currency has fewer digits after the point.',
      params: { code: 'too_precise' },
      when: isBody,
    },
    size: {
      path: ['amount'],
      error: 'This is more than one deposit may credit.',
      params: { code: 'too_big' },
      when: isBody,
    },
  };
}

/** The reasons why no conversion executes at a rate. */
const rateFaultSchema = z.enum(['missing', 'old', 'future', 'suspended', 'closed']);

/** The rate of one currency in another. */
export const exchangeRateSchema = z.object({
  base: currencySchema,
  quote: currencySchema,
  /** Units of the quote currency that one unit of the base brings. */
  bid: priceSchema,
  /** Units of the quote currency that one unit of the base costs. */
  ask: priceSchema,
  mid: priceSchema,
  /** The time of the older of the two quotes. */
  at: timestampSchema,
  fault: rateFaultSchema.nullable().describe('Why no conversion executes at this rate; null while it does.'),
});
export type ExchangeRate = z.infer<typeof exchangeRateSchema>;
