import type { Currency } from '@cnop/common/entities/currency';
import { currencySchema } from '@cnop/common/entities/currency';
import { z } from 'zod';

/** Search parameters of the page that converts cash. */
export const convertSearchSchema = z.object({
  /** The currency that is given; USD by default. */
  from: currencySchema.optional().catch(undefined),
  /** The currency that is received. */
  to: currencySchema.optional().catch(undefined),
});
export type ConvertSearch = z.infer<typeof convertSearchSchema>;

export interface CurrencyPair {
  readonly from: Currency;
  readonly to: Currency;
}

/** Returns the two currencies of a search: USD to EUR by default, and never the same twice. */
export function pairOf({ from, to }: ConvertSearch): CurrencyPair {
  const given = from ?? (to === 'USD' ? 'EUR' : 'USD');
  const wanted = to ?? (given === 'USD' ? 'EUR' : 'USD');
  return { from: given, to: wanted === given ? (given === 'USD' ? 'EUR' : 'USD') : wanted };
}
