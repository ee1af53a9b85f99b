import { z } from 'zod';
import type { AssetId } from '../core/brands.ts';
import { knownAssetId } from '../core/brands.ts';

/** The currency in which assets are priced. Every user has a balance in it, which takes no wallet. */
export const BASE_CURRENCY = 'USD';

/** A currency, by its code of ISO 4217. */
export const currencySchema = z.enum([BASE_CURRENCY, 'EUR', 'GBP', 'JPY', 'CHF', 'CNY']);
export type Currency = z.infer<typeof currencySchema>;

/** A currency that needs a wallet. */
export const walletCurrencySchema = currencySchema.exclude([BASE_CURRENCY]);
export type WalletCurrency = z.infer<typeof walletCurrencySchema>;

/** Fraction digits of amounts, by ISO 4217. */
const DIGITS: Readonly<Record<Currency, number>> = { USD: 2, EUR: 2, GBP: 2, JPY: 0, CHF: 2, CNY: 2 };

/** Returns the fraction digits of amounts in a currency. */
export function digitsOf(currency: Currency): number {
  return DIGITS[currency];
}

/** Returns the id under which the catalogue has the quotes of a currency in USD. */
export function currencyAssetId(currency: WalletCurrency): AssetId {
  return knownAssetId(currency);
}
