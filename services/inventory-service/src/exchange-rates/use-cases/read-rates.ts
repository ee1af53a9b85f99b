import type { Currency, ExchangeRate } from '@cnop/common/entities/currency';
import { currencySchema } from '@cnop/common/entities/currency';
import { exchangeRateOf } from '@cnop/common/trading/exchange-rates';
import type { InventoryDependencies } from '../../use-cases/dependencies.ts';

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
