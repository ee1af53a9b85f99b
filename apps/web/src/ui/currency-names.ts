import type { Currency, ExchangeRate } from '@cnop/common/entities/currency';

export const CURRENCY_NAMES: Readonly<Record<Currency, string>> = {
  USD: 'US dollar',
  EUR: 'Euro',
  GBP: 'Pound sterling',
  JPY: 'Japanese yen',
  CHF: 'Swiss franc',
  CNY: 'Chinese yuan',
};

/** Why no conversion executes at a rate, in a few words. */
export const RATE_FAULTS: Readonly<Record<NonNullable<ExchangeRate['fault']>, string>> = {
  missing: 'No rate',
  old: 'Too old',
  future: 'Clock ahead',
  suspended: 'Jump to confirm',
  closed: 'Closed',
};
