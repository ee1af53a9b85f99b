import { timestampSchema } from '@cnop/common/entities/fields';
import { identityOf } from '@cnop/common/http/authentication';
import { getAssetDao, getAssetTransactionDao, getBalanceDao } from '@cnop/common/http/dao-dependencies';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import { getCandleDao, getClock, getQuotes, getStore } from '../dependencies.ts';
import { MAX_HISTORY_ENTRIES, readPortfolioHistory } from '../use-cases/read-portfolio-history.ts';

const historyQuerySchema = z.strictObject({
  range: z
    .enum(['1d', '1w', '1m', '3m', '1y', 'all'])
    .default('1m')
    .describe('A day, a week, one month, three months, a year, or since the creation of the account.'),
});

const historyResponseSchema = z.object({
  range: z.string(),
  interval: z
    .enum(['15m', '1h', '1d'])
    .describe('The time between two points, except for the first, the last and those of movements.'),
  data: z.array(
    z.object({
      at: timestampSchema,
      total_value: z.string(),
      cash: z.string(),
      asset_value: z.string(),
      net_deposits: z.string().describe('Deposits and adjustments less withdrawals, up to then.'),
    }),
  ),
  complete: z.boolean().describe('Whether the points cover the whole range.'),
});

/** Adds the route for the value of the caller's portfolio over time. */
export function portfolioHistoryRoutes(app: ServiceApp): void {
  const deps = {
    store: getStore(app),
    clock: getClock(app),
    balances: getBalanceDao(app),
    trades: getAssetTransactionDao(app),
    candles: getCandleDao(app),
    assets: getAssetDao(app),
    quotes: getQuotes(app),
  };

  app.get(
    '/portfolio/history',
    {
      schema: {
        tags: ['portfolio'],
        security: BEARER_SECURITY,
        summary: 'Read the value of the portfolio over time',
        description:
          'Oldest first; the last point is the present. A movement of cash, or a trade, has two points at one moment: ' +
          'before and after. Computed from at most the last ' +
          `${MAX_HISTORY_ENTRIES} cash transactions, at the closing prices of candles.`,
        querystring: historyQuerySchema,
        response: { 200: historyResponseSchema },
      },
    },
    async (request) => {
      const { username } = identityOf(request);
      const history = await readPortfolioHistory(deps, { username, range: request.query.range });
      return { ...history, data: [...history.data] };
    },
  );
}
