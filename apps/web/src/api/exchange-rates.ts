import type { Currency } from '@cnop/common/entities/currency';
import { exchangeRateSchema } from '@cnop/common/entities/currency';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from './http/client.ts';

const ratesSchema = z.object({ data: z.array(exchangeRateSchema) });
const REFRESH_MILLISECONDS = 3_000;

/**
 * Reads the rates of all other currencies in one, again every few seconds.
 * @param quote the currency in which the others are priced
 */
export function exchangeRatesQuery(quote: Currency) {
  return queryOptions({
    queryKey: ['exchange-rates', quote],
    queryFn: ({ signal }) =>
      callApi({ path: '/exchange-rates', query: { quote }, schema: ratesSchema, signal }),
    select: ({ data }) => data,
    refetchInterval: REFRESH_MILLISECONDS,
  });
}
