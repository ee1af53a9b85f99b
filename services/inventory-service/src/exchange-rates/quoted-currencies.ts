import type { Clock } from '@cnop/common/core/clock';
import { createCachedValue } from '@cnop/common/core/clock';
import type { AssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { Currency } from '@cnop/common/entities/currency';
import { BASE_CURRENCY, currencyAssetId, walletCurrencySchema } from '@cnop/common/entities/currency';
import type { QuoteBoard } from '@cnop/common/market/market-data';
import { newestQuote } from '@cnop/common/market/market-data';
import type { QuotedCurrency } from '@cnop/common/trading/exchange-rates';

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
}: {
  readonly assets: Pick<AssetDao, 'getAssetsByIds'>;
  readonly quotes: QuoteBoard;
  readonly clock: Clock;
}): QuotedCurrencies {
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
