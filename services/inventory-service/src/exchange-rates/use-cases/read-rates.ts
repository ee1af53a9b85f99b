import { createCachedValue } from '@cnop/common/core/clock';
import type { Currency } from '@cnop/common/entities/currency';
import {
  BASE_CURRENCY,
  currencyAssetId,
  currencySchema,
  walletCurrencySchema,
} from '@cnop/common/entities/currency';
import { newestQuote } from '@cnop/common/market/market-data';
import type { ExchangeRate, QuotedCurrency } from '@cnop/common/trading/exchange-rates';
import { exchangeRateOf } from '@cnop/common/trading/exchange-rates';
import type { InventoryDependencies, InventoryProcess } from '../../use-cases/dependencies.ts';

/** Greatest age of the states and spreads of currencies in an answer; quotes come from memory. */
const MAX_AGE_MILLISECONDS = 1_000;

/** Reads the currencies of the catalogue, each with its latest quote. */
export interface QuotedCurrencies {
  read(): Promise<ReadonlyMap<Currency, QuotedCurrency>>;
}

/** Creates a reader that reads the store at most once a second, for all requests. */
export function createQuotedCurrencies({
  assets,
  quotes,
  clock,
}: Pick<InventoryDependencies, 'assets'> & Pick<InventoryProcess, 'quotes' | 'clock'>): QuotedCurrencies {
  const ids = walletCurrencySchema.options.map(currencyAssetId);
  const stored = createCachedValue({
    read: async () => assets.getAssetsByIds(ids),
    maxAgeMilliseconds: MAX_AGE_MILLISECONDS,
    clock,
  });
  const quoteOf = newestQuote(quotes);
  return {
    async read() {
      const found = await stored.get();
      const quoted = new Map<Currency, QuotedCurrency>([[BASE_CURRENCY, { currency: BASE_CURRENCY }]]);
      for (const currency of walletCurrencySchema.options) {
        const id = currencyAssetId(currency);
        const asset = found.get(id);
        if (asset?.category !== 'currency') continue;
        quoted.set(currency, { currency, status: asset.status, quote: quoteOf(id, asset) });
      }
      return quoted;
    },
  };
}

/** Returns the rates of all other currencies in one, those of a currency without a price left out. */
export async function readExchangeRates(
  {
    currencies,
    clock,
    maxQuoteAgeSeconds,
  }: Pick<InventoryDependencies, 'currencies' | 'clock' | 'maxQuoteAgeSeconds'>,
  quote: Currency,
): Promise<ExchangeRate[]> {
  const quoted = await currencies.read();
  const unit = quoted.get(quote);
  if (!unit) return [];
  const age = { now: clock.now(), maxAgeSeconds: maxQuoteAgeSeconds };
  return currencySchema.options.flatMap((currency) => {
    const base = quoted.get(currency);
    return base && currency !== quote ? (exchangeRateOf(base, unit, age) ?? []) : [];
  });
}
