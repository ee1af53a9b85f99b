import { currencySchema } from '@cnop/common/entities/currency';
import { z } from 'zod';

/** Search parameters of the page of exchange rates. */
export const ratesSearchSchema = z.object({
  /** The currency in which the others are priced; USD by default. */
  quote: currencySchema.exclude(['USD']).optional().catch(undefined),
});
export type RatesSearch = z.infer<typeof ratesSearchSchema>;
