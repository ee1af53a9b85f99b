import { BASE_CURRENCY, currencySchema, exchangeRateSchema } from '@cnop/common/entities/currency';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import type { InventoryDependencies } from '../use-cases/dependencies.ts';
import { readExchangeRates } from './use-cases/read-rates.ts';

const ratesQuerySchema = z.strictObject({
  quote: currencySchema.default(BASE_CURRENCY).describe('The currency in which the others are priced.'),
});

/** Registers the public route of the rates between currencies. Their administration and history are those of assets. */
export function exchangeRateRoutes(app: ServiceApp, deps: InventoryDependencies): void {
  app.get(
    '/exchange-rates',
    {
      config: { access: 'public' },
      schema: {
        tags: ['exchange rates'],
        summary: 'Read the rates between currencies',
        description:
          'Rates that are not in USD lead over USD and have both spreads. ' +
          'The history of a rate in USD is that of the asset: `/inventory/assets/EUR/candles`.',
        querystring: ratesQuerySchema,
        response: { 200: z.object({ data: z.array(exchangeRateSchema) }) },
      },
    },
    async (request) => ({ data: await readExchangeRates(deps, request.query.quote) }),
  );
}
